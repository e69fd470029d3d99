// What happened to one packet, in lines that the simulation and the kernel both can tell, so that two texts that are
// equal mean the same: which rules matched and what they said, where the packet ended, and what its connection is then.
import { type Entry, isExpired } from '../../core/conntrack/entry.ts';
import { formatTuple } from '../../core/conntrack/format.ts';
import type { ConntrackTable } from '../../core/conntrack/table.ts';
import { sameTuple, type Tuple } from '../../core/conntrack/tuple.ts';
import { isUnknown } from '../../core/field/view.ts';
import { findChain, type RuleSet, type Table } from '../../core/ir/ruleset.ts';
import { decodePacket } from '../../core/packet/decode.ts';
import { formatPacket } from '../../core/packet/format.ts';
import type { Packet } from '../../core/packet/packet.ts';
import { ownCopy } from '../../core/trace/own-copy.ts';
import type { RuleStep, Step, Way } from '../../core/trace/step.ts';
import type { Ending } from '../../core/trace/trace.ts';
import { verdictText } from '../../core/trace/verdict.ts';
import type { KernelConnection } from './connections.ts';
import { adoptDrawn, answerToDrawn } from './drawn.ts';
import type { Frame, Observed } from './kernel-host.ts';
import type { LegacyEvent } from './legacy-events.ts';
import type { RulePlaces } from './rule-handles.ts';

/** Which rules the kernel says matched: nft with its verdicts, or iptables' legacy variant without. */
export type Tracer = 'nft' | 'legacy';

/** The rules that the kernel has. */
export interface Loaded {
  readonly ruleSet: RuleSet;
  readonly tracer: Tracer;
  /** Tables of nft beside those of the legacy variant: nft and that tell what they did each for itself. */
  readonly beside?: readonly Table[];
  readonly places: RulePlaces;
}

/** What was observed of a packet, and of its connection afterwards. */
export interface Happened {
  readonly observed: Observed;
  readonly connection: KernelConnection | undefined;
}

/** What the kernel did, to be compared with a way. */
export function kernelAccount(
  { observed, connection }: Happened,
  { ruleSet, places, tracer }: Loaded,
  way: Way,
): string {
  const { events, legacy, frames, delivered } = observed;
  return [
    ...events.map(({ family, table, chain, handle, verdict }) => {
      const place = handle === undefined ? 'policy' : (places(family, table, handle) ?? '?');
      return `${family} ${table} ${chain} ${place} ${verdict}`;
    }),
    ...(tracer === 'legacy'
      ? asLogged(
          legacy.flatMap((event) => legacyLine(event, ruleSet)),
          way,
        )
      : []),
    ...frames.map(frameLine).toSorted(),
    ...Array.from({ length: delivered }, () => 'delivered'),
    ...(connection ? [connectionLine(kernelEntry(connection))] : []),
  ].join('\n');
}

/**
 * The legacy variant logs in the order of time, and does not say about which packet: steps of a packet and of the host's
 * own copy of it stand between each other, so that which steps there were is compared, and not their order.
 */
function asLogged(lines: readonly string[], way: Way): readonly string[] {
  return hasOwnCopy(way) ? lines.toSorted() : lines;
}

function hasOwnCopy({ answers }: Way): boolean {
  return answers.some((answer) => answer.why === ownCopy || ('way' in answer && hasOwnCopy(answer.way)));
}

/** The end of a user's chain is no step of ours. */
function legacyLine({ family, table, chain, place }: LegacyEvent, ruleSet: RuleSet): readonly string[] {
  const found = ruleSet.tables.find((one) => one.family === family && one.name === table);
  const { rules = [], base } = (found && findChain(found, chain)) ?? {};
  if (place <= rules.length) return [`${family} ${table} ${chain} ${place}`];
  return base ? [`${family} ${table} ${chain} policy`] : [];
}

/** What the simulation says of one way; ports drawn by chance are those that the kernel drew, if it may draw them. */
export function simulatedAccount(way: Way, ending: Ending, happened: Happened, loaded: Loaded): string {
  const { packet, entry } = adoptDrawn(way, entryAfter(way, ending), happened);
  const ways = [{ ...way, packet }, ...answersOf(way).map((answer) => answerToDrawn(answer, way, happened))];
  const steps = ways.flatMap((one) => one.steps);
  return [
    ...stepLines(steps, way, loaded),
    ...ways.flatMap(leftLines).toSorted(),
    ...ways.flatMap(({ fate }) => (fate === 'delivered-local' ? ['delivered'] : [])),
    ...(entry ? [connectionLine(entry)] : []),
  ].join('\n');
}

/** What the host answered, and what was answered to that. */
function answersOf({ answers }: Way): readonly Way[] {
  return answers.flatMap((answer) => ('way' in answer ? [answer.way, ...answersOf(answer.way)] : []));
}

/** The first piece has the ports of the packet, which the kernel may have drawn. */
function leftLines({ fate, out, packet, pieces = [packet] }: Way): readonly string[] {
  if (fate !== 'forwarded' && fate !== 'sent') return [];
  const { transport } = packet;
  const left = pieces.map((one) => (one.fragment.offset === 0 ? { ...one, transport } : one));
  return left.map((one) => `out ${out} ${packetText(one)}`);
}

function frameLine({ device, packet }: Frame): string {
  const { value } = decodePacket(packet);
  return `out ${device} ${value ? packetText(value) : packet.toString('hex')}`;
}

function stepLines(steps: readonly Step[], way: Way, { tracer, beside = [] }: Loaded): readonly string[] {
  if (tracer === 'nft') return steps.flatMap((step) => stepLine(step, 'nft'));
  const isBeside = (step: Step): boolean =>
    'table' in step && beside.some(({ family, name }) => family === step.family && name === step.table);
  const logged = steps.filter((step) => !isBeside(step)).flatMap((step) => stepLine(step, 'legacy'));
  return [...steps.filter(isBeside).flatMap((step) => stepLine(step, 'nft')), ...asLogged(logged, way)];
}

/** A rule that matched or a policy, as both sides tell it; nothing for other steps. */
export function stepLine(step: Step, tracer: Tracer): readonly string[] {
  if (step.kind === 'policy') {
    const place = `${step.family} ${step.table} ${step.chain} policy`;
    return [tracer === 'nft' ? `${place} ${step.verdict}` : place];
  }
  if (step.kind !== 'rule' || !step.matched || !step.verdict) return [];
  const place = `${step.family} ${step.table} ${step.chain} ${step.index}`;
  return [tracer === 'nft' ? `${place} ${tracedVerdict(step.verdict)}` : place];
}

/** A rejected packet is dropped, as nft has it. */
function tracedVerdict(verdict: NonNullable<RuleStep['verdict']>): string {
  return verdict.kind === 'reject' ? 'drop' : verdictText(verdict);
}

/** What both sides can tell of a packet. */
export function packetText(packet: Packet): string {
  const { link: _link, identification: _identification, ...rest } = withoutData(packet);
  return formatPacket({ ...rest, fragment: { ...packet.fragment, dontFragment: false } });
}

/** Of data only the length counts. On the wire all numbers of TCP are its own. */
function withoutData({ payload: _payload, ...packet }: Packet): Packet {
  const { transport } = packet;
  if (transport.kind === 'tcp') return { ...packet, transport: { ...transport, numbered: true } };
  if (transport.kind !== 'icmp' || !transport.inner) return packet;
  return { ...packet, transport: { ...transport, inner: withoutData(transport.inner) } };
}

/** The original tuple of the connection that the simulation gives a packet, and its zone. */
export function tupleOfWay({
  conntrack,
}: Way): { readonly original: Tuple; readonly zone: number } | undefined {
  const entry = conntrack?.entry;
  return entry && !isUnknown(entry) ? { original: entry.original, zone: entry.zone.original } : undefined;
}

/** The packet's connection as the table has it afterwards: none where the packet that began it was dropped. */
function entryAfter(way: Way, { connections }: Ending): Entry | undefined {
  const about = tupleOfWay(way);
  return about && entryIn(connections, about.original, about.zone);
}

function entryIn(connections: ConntrackTable, original: Tuple, zone: number): Entry | undefined {
  const found = connections.lookup(original, { original: zone, reply: zone })?.entry;
  return found && sameTuple(found.original, original) ? found : undefined;
}

/** The kernel's connection in our words. */
function kernelEntry({ original, reply, status, mark, zone, tcpState }: KernelConnection): Entry {
  return { original, reply, status, mark, zone, ...(tcpState && { protocolState: tcpState }) };
}

/** The status bits that the simulation has. */
const knownStatus = 0x1ff;

function connectionLine({ original, reply, status, mark, zone, protocolState }: Entry): string {
  const zones = zone.original === 0 && zone.reply === 0 ? '' : ` zone ${zone.original}/${zone.reply}`;
  const state = original.protocol === 6 && protocolState ? ` ${protocolState}` : '';
  const known = (status & knownStatus).toString(16);
  return `connection ${formatTuple(original)} ${formatTuple(reply)} status 0x${known} mark ${mark}${state}${zones}`;
}

/** All connections of the kernel, a line each, sorted. */
export function kernelTable(connections: readonly KernelConnection[]): readonly string[] {
  return connections.map((one) => connectionLine(kernelEntry(one))).toSorted();
}

/** All connections of the simulation that have not run out at a time. */
export function simulatedTable(connections: ConntrackTable, now: number): readonly string[] {
  return [...connections.entries()]
    .filter((entry) => !isExpired(entry, now))
    .map(connectionLine)
    .toSorted();
}
