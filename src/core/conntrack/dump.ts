// Reading conntrack listings: `conntrack -L` in its plain, extended and XML form, and /proc/net/nf_conntrack.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Span } from '../text/source.ts';
import { expectationOf, isExpectation } from './dump-expectation.ts';
import { type Fields, type Half, readFields } from './dump-fields.ts';
import { flowsIn, isXml, plainLine } from './dump-xml.ts';
import type { DumpedEntry, DumpItem } from './dumped.ts';
import { ctStatus } from './entry.ts';
import { portKey } from './nat-port.ts';
import { parseDecimal } from './scan.ts';
import type { Tuple, TupleLayer4 } from './tuple.ts';

/** Where a line stands: its number from 1, and its span where the whole text is at hand. */
export interface LinePlace {
  readonly line?: number;
  readonly span?: Span;
}

/** One entry of a listing, or HK7001 with what is wrong with the line. */
export function parseConntrackLine(text: string, place: LinePlace = {}): Outcome<DumpedEntry> {
  const { line = 1, span } = place;
  const plain = isXml(text) ? plainLine(flowsIn(text)[0] ?? '') : { line: text };
  const fields = typeof plain === 'string' ? plain : readFields(plain.line);
  const entry = typeof fields === 'string' ? fields : entryOf(fields, text, line);
  if (typeof entry !== 'string') return { value: entry, diagnostics: [] };
  return { value: undefined, diagnostics: [malformed(entry, line, span)] };
}

/** The items of a listing, line by line; empty lines are passed over. */
export function* readConntrack(lines: Iterable<string>): Generator<DumpItem> {
  let line = 0;
  for (const text of lines) yield* itemsIn(text, ++line);
}

/** The same of a stream of lines. */
export async function* streamConntrack(lines: AsyncIterable<string>): AsyncGenerator<DumpItem> {
  let line = 0;
  for await (const text of lines) yield* itemsIn(text, ++line);
}

/** What one line holds; nothing if it is empty, several flows if it is XML. */
export function itemsIn(text: string, line: number): readonly DumpItem[] {
  const parts = isXml(text) ? flowsIn(text) : [text];
  return parts.flatMap((part) => readLine(part, line) ?? []);
}

/** `conntrack v1.4.7 (conntrack-tools): 45 flow entries have been shown.`, on standard error. */
const summaryLine =
  /^conntrack v\S+ \(conntrack-tools\): (\d+) (?:flow entries|expectations) have been shown\.\s*$/;

function readLine(text: string, line: number): DumpItem | undefined {
  if (text.trim() === '') return undefined;
  const summary = text.startsWith('conntrack v') ? summaryLine.exec(text) : null;
  if (summary) return { kind: 'summary', shown: Number(summary[1]) };
  if (isExpectation(text)) return readExpectation(text, line);
  const { value, diagnostics } = parseConntrackLine(text, { line });
  const [broken] = diagnostics;
  if (value) return { kind: 'entry', entry: value };
  return broken && { kind: 'broken', diagnostic: broken };
}

function readExpectation(text: string, line: number): DumpItem {
  const read = expectationOf(text);
  return typeof read === 'string'
    ? { kind: 'broken', diagnostic: malformed(read, line) }
    : { kind: 'expectation', expectation: { ...read, line } };
}

/** HK7001, with what is wrong with a line. */
export function malformed(problem: string, line: number, span?: Span): Diagnostic {
  const help = 'expected a line as `conntrack -L` or /proc/net/nf_conntrack has it';
  return diagnostic('HK7001', `line ${line} is no conntrack entry: ${problem}`, { span, help });
}

/** What stands before the tuples. */
interface Head {
  readonly name: string;
  readonly protocol: number;
  readonly timeout?: number;
  readonly protocolState?: string;
}

function entryOf(fields: Fields, raw: string, line: number): DumpedEntry | string {
  const head = headOf(fields.head);
  if (!head) return 'it does not begin with a protocol and its number';
  const { name, protocol, ...state } = head;
  const [first, second, ...more] = fields.halves;
  if (!first || !second || more.length > 0) return `it has ${fields.halves.length} tuples and not two`;
  const original = tupleOfHalf(first, protocol);
  const reply = tupleOfHalf(second, protocol);
  if (!original || !reply) return 'a tuple is not complete';
  const { flags, mark, zone } = fields;
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

function translatedBits(original: Tuple, reply: Tuple): number {
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
