// `synproxy`: answers SYN packets in the server's place until the client proves itself (net/netfilter/xt_SYNPROXY.c,
// nft_synproxy.c).

import { inRanges } from '../bdd/vector.ts';
import { integer8, integer16 } from '../datatype/types.ts';
import { tcpFlagBits } from '../field/transport.ts';
import type { SymbolicContext } from '../match/define.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { type Packet, protocolNumber, tcpFlag } from '../packet/packet.ts';
import type { Effect } from './define.ts';
import { either, type SymbolicCase } from './symbolic.ts';
import { defineTarget, numberValue, type OptionData, type TargetArgs } from './target.ts';

const numbers = ['mss', 'wscale'];
const flags = ['timestamp', 'sack-perm'];

function toJson(args: TargetArgs): JsonValue {
  const given = flags.filter((flag) => args[flag]);
  const [only] = given;
  const json = {
    ...(args['mss'] !== undefined && { mss: Number(args['mss']) }),
    ...(args['wscale'] !== undefined && { wscale: Number(args['wscale']) }),
    ...(only !== undefined && { flags: given.length === 1 ? only : given }),
  };
  return { synproxy: Object.keys(json).length === 0 ? null : json };
}

function fromJson(statement: JsonValue): TargetArgs | undefined {
  if (!isJsonObject(statement) || !('synproxy' in statement)) return undefined;
  const given = statement['synproxy'] ?? {};
  if (!isJsonObject(given)) return undefined;
  const args: Record<string, OptionData> = {};
  for (const [name, value] of Object.entries(given)) {
    const words = name === 'flags' ? (isJsonArray(value) ? value : [value]) : [];
    if (numbers.includes(name) && typeof value === 'number') args[name] = BigInt(value);
    else if (words.length === 0) return undefined;
    for (const flag of words)
      if (typeof flag === 'string' && flags.includes(flag)) args[flag] = true;
      else return undefined;
  }
  return args;
}

function taken(note: string): Effect {
  return { kind: 'verdict', verdict: { kind: 'drop' }, note };
}

/** The proxy takes the client's SYN and the ACK that ends its handshake; all else passes (xt_SYNPROXY.c: synproxy_tg4). */
export function synproxyEffect({ transport }: Packet): Effect {
  if (transport.kind !== 'tcp') return { kind: 'none', note: 'no TCP header' };
  const { syn, ack, fin, rst } = tcpFlag;
  const kind = transport.flags & (syn | ack | fin | rst);
  if (kind === syn) return taken('the SYN proxy answers it with a cookie');
  if (kind === ack)
    return taken('the SYN proxy takes it: with the right cookie it connects to the server itself');
  return { kind: 'none', note: 'nothing for the SYN proxy' };
}

/** The same for all packets at once. */
export function symbolicSynproxy(context: SymbolicContext): readonly SymbolicCase[] {
  const { bdd } = context;
  const value = context.read(tcpFlagBits);
  const bits = value.kind === 'number' ? value.bits : [];
  const { syn, ack, fin, rst } = tcpFlag;
  const kind = bits.map((bit, at) => (((syn | ack | fin | rst) >> (bits.length - 1 - at)) & 1 ? bit : 0));
  const isTaken = inRanges(
    bdd,
    kind,
    [syn, ack].map((flag) => ({ lo: BigInt(flag), hi: BigInt(flag) })),
  );
  return either(context, bdd.and(value.present, isTaken), [
    { kind: 'verdict', verdict: { kind: 'drop' } },
    { kind: 'none' },
  ]);
}

export const synproxy = defineTarget({
  key: 'synproxy',
  target: 'SYNPROXY',
  summary: "Answers SYN packets in the server's place: `synproxy mss 1460 wscale 7 timestamp sack-perm`.",
  hooks: ['input', 'forward'],
  protocol: protocolNumber.tcp,
  usesConntrack: true,
  outcome: { kind: 'syn-proxy' },
  options: [
    { option: '--sack-perm', word: 'sack-perm' },
    { option: '--timestamp', word: 'timestamp' },
    { option: '--wscale', word: 'wscale', value: numberValue(integer8) },
    { option: '--mss', word: 'mss', value: numberValue(integer16) },
    { option: '--ecn', word: 'ecn' },
  ],
  nft: {
    write: (args) =>
      args['ecn'] ? { unsupported: "nft's synproxy has no option for ECN" } : { statement: toJson(args) },
    read: fromJson,
  },
  execute: (_args, { view }) => synproxyEffect(view.packet),
  symbolic: (_args, context) => symbolicSynproxy(context),
});
