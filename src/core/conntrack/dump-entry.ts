// The fields of a line as an entry.
import type { Fields, Half } from './dump-fields.ts';
import type { DumpedEntry } from './dumped.ts';
import { ctStatus } from './entry.ts';
import { portKey } from './nat-port.ts';
import { parseDecimal } from './scan.ts';
import type { Tuple, TupleLayer4 } from './tuple.ts';

/** What stands before the tuples. */
interface Head {
  readonly name: string;
  readonly protocol: number;
  readonly timeout?: number;
  readonly protocolState?: string;
}

/** The entry, or what is wrong with its line. */
export function entryOf(fields: Fields, raw: string, line: number): DumpedEntry | string {
  const head = headOf(fields.head);
  if (!head) return 'it does not begin with a protocol and its number';
  const { name, protocol, ...state } = head;
  const [first, second, ...more] = fields.halves;
  if (!first || !second || more.length > 0) return `it has ${fields.halves.length} tuples and not two`;
  const original = tupleOfHalf(first, protocol);
  const reply = tupleOfHalf(second, protocol);
  if (!original || !reply) return 'a tuple is not complete';
  const { flags, mark = 0, zone } = fields;
  const status = statusOf(flags, original, reply);
  const base = { original, reply, status, mark, zone, line, raw, protocolName: name, flags };
  return { ...base, ...state, ...fields.extras, ...countersOf(first, second) };
}

/** `[ipv4 2] tcp 6 [431999 [ESTABLISHED]]`; offloaded connections show neither timeout nor state. */
function headOf(words: readonly string[]): Head | undefined {
  const from = words[0] === 'ipv4' || words[0] === 'ipv6' ? 2 : 0;
  const [name, number, ...rest] = words.slice(from);
  const protocol = number === undefined ? undefined : parseDecimal(number);
  if (name === undefined || protocol === undefined || protocol > 255) return undefined;
  const timeout = rest[0] === undefined ? undefined : parseDecimal(rest[0]);
  const [protocolState, ...more] = timeout === undefined ? rest : rest.slice(1);
  if (more.length > 0) return undefined;
  return {
    name,
    protocol,
    ...(timeout !== undefined && { timeout }),
    ...(protocolState && { protocolState }),
  };
}

function tupleOfHalf(half: Half, protocol: number): Tuple | undefined {
  const { source, destination, isIpv6 } = half;
  const layer4 = layer4OfHalf(half, protocol);
  if (source === undefined || destination === undefined || !layer4) return undefined;
  return { family: isIpv6 ? 6 : 4, protocol, source, destination, layer4 };
}

/** DCCP: the kernel has not tracked it since 6.16, but conntrack still prints ports for it, both 0. */
const dccp = 33;

function layer4OfHalf(half: Half, protocol: number): TupleLayer4 | undefined {
  const { sport, dport, type, code, id, srckey, dstkey } = half;
  if (sport !== undefined && dport !== undefined) {
    return protocol === dccp && sport + dport === 0 ? { kind: 'none' } : { kind: 'ports', sport, dport };
  }
  if (type !== undefined && code !== undefined && id !== undefined) return { kind: 'icmp', type, code, id };
  if (srckey !== undefined && dstkey !== undefined) {
    return { kind: 'gre', sourceKey: srckey, destinationKey: dstkey };
  }
  return (sport ?? dport ?? type ?? code ?? id ?? srckey ?? dstkey) === undefined
    ? { kind: 'none' }
    : undefined;
}

/** No listing shows the NAT bits: they follow from the tuples. Whatever NAT had to do for a listed entry is done. */
function statusOf(flags: readonly string[], original: Tuple, reply: Tuple): number {
  const translated = translatedBits(original, reply);
  const seen = flags.includes('UNREPLIED') ? 0 : ctStatus['seen-reply'];
  const assured = flags.includes('ASSURED') ? ctStatus.assured : 0;
  const offload = flags.includes('OFFLOAD') || flags.includes('HW_OFFLOAD') ? ctStatus.offload : 0;
  const hardware = flags.includes('HW_OFFLOAD') ? ctStatus['hw-offload'] : 0;
  const done = ctStatus.confirmed | ctStatus['snat-done'] | ctStatus['dnat-done'];
  return done | seen | assured | offload | hardware | translated;
}

/** Bits of NAT by what the answers show. */
export function translatedBits(original: Tuple, reply: Tuple): number {
  const sourcePort = portKey(reply, 'destination') !== portKey(original, 'source');
  const hasPorts = original.layer4.kind === 'ports';
  const destinationPort = hasPorts && portKey(reply, 'source') !== portKey(original, 'destination');
  const source = sourcePort || reply.destination !== original.source;
  const destination = destinationPort || reply.source !== original.destination;
  return (source ? ctStatus.snat : 0) | (destination ? ctStatus.dnat : 0);
}

function countersOf(first: Half, second: Half): Pick<DumpedEntry, 'counters'> {
  const { packets, bytes } = first;
  if (packets === undefined || bytes === undefined) return {};
  const reply = { packets: second.packets ?? 0, bytes: second.bytes ?? 0 };
  return { counters: { original: { packets, bytes }, reply } };
}
