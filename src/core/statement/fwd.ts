// `fwd`: sends the packet out by another interface, past everything else (net/netfilter/nft_fwd_netdev.c). Only chains of
// netdev have it.
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';
import { anything, toAll } from './symbolic.ts';
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

interface Forward {
  readonly device: Device;
  /** The neighbour that gets the packet; the packet's own receiver if absent. */
  readonly to?: Neighbour;
}

function readLanguage(reader: TermReader): Forward | undefined {
  const named = reader.word('ip', 'ip6');
  if (!reader.word('to')) return reader.fail('HK3009', 'expected `to`');
  if (!named) {
    const device = readDevice(reader);
    return device && { device };
  }
  const to = readNeighbour(reader);
  if (!to) return undefined;
  const device = reader.word('device') ? readDevice(reader) : reader.fail('HK3009', 'expected `device`');
  return device && { to, device };
}

function write({ to, device }: Forward): string {
  if (!to) return `fwd to ${writeDevice(device)}`;
  const family = familyOfNeighbour(to) === 6 ? 'ip6' : 'ip';
  return `fwd ${family} to ${writeNeighbour(to)} device ${writeDevice(device)}`;
}

function toJson({ to, device }: Forward): JsonObject {
  const dev = deviceToJson(device);
  if (!to) return { fwd: { dev } };
  return { fwd: { dev, addr: neighbourToJson(to), family: familyOfNeighbour(to) === 6 ? 'ip6' : 'ip' } };
}

function fromJson(statement: JsonValue): Forward | undefined {
  const given = isJsonObject(statement) ? statement['fwd'] : undefined;
  const device = isJsonObject(given) ? deviceFromJson(given['dev']) : undefined;
  if (!isJsonObject(given) || !device) return undefined;
  if (given['addr'] === undefined) return { device };
  const to = neighbourFromJson(given['addr']);
  return to && { device, to };
}

export const fwd = defineStatement<Forward>({
  key: 'fwd',
  summary: 'Sends the packet out by another interface, past routing and all further chains: `fwd to "eth1"`.',
  terminal: true,
  read: readLanguage,
  write,
  nft: { write: (args) => ({ statement: toJson(args) }), read: fromJson },
  iptables: {
    write: () => ({
      kind: 'unsupported',
      why: 'iptables has no chains of single interfaces, where `fwd` works',
    }),
    readers: [],
  },
  execute: (args, context) =>
    effectToward(
      args,
      { text: write(args), context },
      ({ device = '' }) => ({
        kind: 'leave',
        device,
        hop: args.to !== undefined,
        note: `it leaves by ${device} at once`,
      }),
      (why) => ({ kind: 'unknown', why: `it leaves by a device that is not known: ${why}` }),
    ),
  symbolic: (args, context) => {
    const { device, to } = args;
    return device?.kind === 'name'
      ? toAll({ kind: 'leave', device: device.name, hop: to !== undefined })
      : anything(context, `\`${write(args)}\` sends it by a device that is not worked out`);
  },
});
