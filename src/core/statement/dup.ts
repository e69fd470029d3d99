// `dup`: sends a copy of the packet to another machine, or in tables of netdev by another interface; in iptables TEE
// (net/ipv4/netfilter/nf_dup_ipv4.c, net/netfilter/nft_dup_netdev.c).
import { formatAddress, parseAddress } from '../datatype/address.ts';
import { type GivenOption, type ReadContext, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { byteLength } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { textOf } from '../text/source.ts';
import { defineStatement, type TargetSpelling } from './define.ts';
import { negation, wordOf } from './option-words.ts';
import { passing, perhaps } from './symbolic.ts';
import {
  type Device,
  deviceFromJson,
  deviceToJson,
  effectToward,
  familyOfNeighbour,
  type Neighbour,
  neighbourFromJson,
  neighbourToJson,
  readDevice,
  readNeighbour,
  writeDevice,
  writeNeighbour,
} from './toward.ts';

interface Copy {
  /** Absent where the interface alone says where to. */
  readonly to?: Neighbour;
  readonly device?: Device;
}

function readLanguage(reader: TermReader): Copy | undefined {
  const isHost = reader.word('to') && !textOf(reader.span).startsWith('"');
  if (!isHost && !reader.word('device') && reader.atEnd)
    return reader.fail('HK3009', 'expected `to` and an address, or `device`');
  const to = isHost ? readNeighbour(reader) : undefined;
  if (isHost && !to) return undefined;
  const device = !isHost || reader.word('device') ? readDevice(reader) : null;
  return device === undefined ? undefined : { ...(to && { to }), ...(device && { device }) };
}

function write({ to, device }: Copy): string {
  return [
    'dup',
    ...(to ? [`to ${writeNeighbour(to)}`] : []),
    ...(device ? [`device ${writeDevice(device)}`] : []),
  ].join(' ');
}

/** In tables of netdev nft calls the interface an address. */
function toJson({ to, device }: Copy): JsonObject {
  if (!to) return { dup: { addr: device ? deviceToJson(device) : null } };
  return { dup: { addr: neighbourToJson(to), ...(device && { dev: deviceToJson(device) }) } };
}

function fromJson(statement: JsonValue): Copy | undefined {
  const given = isJsonObject(statement) ? statement['dup'] : undefined;
  if (!isJsonObject(given)) return undefined;
  const { addr, dev } = given;
  const to = neighbourFromJson(addr);
  const device = deviceFromJson(to ? dev : addr);
  if ((!to && (!device || dev !== undefined)) || (dev !== undefined && !device)) return undefined;
  return { ...(to && { to }), ...(device && { device }) };
}

function writeTarget({ to, device }: Copy, family: 'ip' | 'ip6'): TargetSpelling {
  if (!to) return { kind: 'unsupported', why: "iptables' TEE needs the address of a machine" };
  const version = familyOfNeighbour(to);
  if (version && version !== (family === 'ip' ? 4 : 6)) return { kind: 'never' };
  if (to.kind === 'source' || (device && device.kind !== 'name'))
    return { kind: 'unsupported', why: "iptables' TEE sends to one machine, not to what a map has" };
  const words = ['TEE', '--gateway', formatAddress(to.address), ...(device ? ['--oif', device.name] : [])];
  return { kind: 'target', words };
}

/** IFNAMSIZ less the final NUL. */
const longestName = 15;

function readTarget(given: readonly GivenOption[], { family }: ReadContext): Copy | Refusal {
  const [gateway, name] = [wordOf(given, '--gateway'), wordOf(given, '--oif')];
  if (gateway === undefined) return refuse('`dup` needs `to`');
  const address = parseAddress(gateway);
  if (address?.family !== (family === 'ip' ? 4 : 6) || address.value === 0n)
    return refuse(`\`--gateway\` takes an address of the family of its table, not \`${gateway}\``);
  if (name !== undefined && byteLength(name) > longestName)
    return refuse(`\`--oif\` takes at most ${longestName} bytes`);
  const device = name === undefined ? undefined : ({ kind: 'name', name } as const);
  return negation(given) ?? { to: { kind: 'address', address }, ...(device && { device }) };
}

export const dup = defineStatement<Copy>({
  key: 'dup',
  aliases: ['TEE'],
  summary: 'Sends a copy to another machine of a network of this host: `dup to 10.0.0.2 device "eth1"`.',
  terminal: false,
  read: readLanguage,
  write,
  nft: { write: (args) => ({ statement: toJson(args) }), read: fromJson },
  iptables: {
    write: (args, { family }) => writeTarget(args, family),
    readers: [
      {
        module: 'TEE',
        options: { '--gateway': 1, '--oif': 1 },
        takes: 'together',
        complete: true,
        read: readTarget,
      },
    ],
  },
  execute: (args, context) => {
    const note = `a copy goes ${write(args).slice('dup '.length)}`;
    const version = args.to && familyOfNeighbour(args.to);
    if (version && version !== context.view.packet.family)
      return { kind: 'none', note: 'no copy: it is of the other version of IP' };
    return effectToward(
      args,
      { text: write(args), context },
      (place) => ({ kind: 'copy', ...place, note }),
      (why) => ({ kind: 'none', note: `${note}: it is not followed, as ${why}` }),
    );
  },
  symbolic: ({ to, device }, context) => {
    const isTold = [to?.kind, device?.kind].every((kind) => kind !== 'source' && kind !== 'device-source');
    return isTold ? passing() : perhaps(context, 'there is somewhere for its copy to go');
  },
});
