// The values that are tried in each field of a packet: on both sides of every border that a rule or a route draws, and
// those that packets usually have.
import { conntrackTable } from '../conntrack/table.ts';
import { addressWidth } from '../datatype/address.ts';
import { prefixRange } from '../datatype/range.ts';
import { ctDirectionField, ctMark, ctState, ctStatusField } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import type { PacketView } from '../field/view.ts';
import type { Match, Part, RuleSet, Statement, Table } from '../ir/ruleset.ts';
import { withoutComments } from '../match/comment.ts';
import { lookupsOf, type MatchDefinition } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Borders } from '../match/tuple-borders.ts';
import { formatInjection } from '../packet/format.ts';
import { type Injection, protocolNumber, type Transport } from '../packet/packet.ts';
import { hasPorts, withProtocol } from '../packet/protocol.ts';
import { findStatement } from '../statement/registry.ts';
import { startRun, type TraceRequest, viewOf } from '../trace/run.ts';
import { type Difference, type Dimension, differences, dimensions } from './dimension.ts';
import { everyChoice } from './every-choice.ts';
import { commonFlags, type Found, insideOf, sorted } from './nearest.ts';
import { isPlausible } from './plausible.ts';

/** What a packet may be changed to in one field, the nearest first. */
export interface Values {
  /** For each field that has any. */
  readonly choices: readonly (readonly Difference[])[];
  /** Every value that rules and routes tell apart is among them, or another that fares alike. */
  readonly complete: boolean;
}

/** More than these are not looked for. */
const most = 2000;

/** Collects the values for a packet. `near`: changes of it that are tried before those of all rules. */
export function valuesFor(request: TraceRequest, near: readonly Injection[]): Values {
  const { injection } = request;
  const collector: Collector = { request, found: new Map(), count: 0 };
  for (const donor of usual(request)) collect(collector, 0, donor);
  for (const donor of near) collect(collector, 1, donor);
  const add = (donor: Injection): void => collect(collector, 2, donor);
  let complete = (request.connections?.size ?? 0) === 0 && (request.sets?.size ?? 0) === 0;
  for (const { table, part } of partsOf(request.ruleSet)) {
    const isLookedAt = collector.count < most && part.kind !== 'opaque';
    complete = isLookedAt && addPart(request, table, part, add) && complete;
  }
  const choices = dimensions.map((dimension) =>
    sorted(injection, [...(collector.found.get(dimension)?.values() ?? [])]),
  );
  return { choices: choices.filter((all) => all.length > 0), complete };
}

interface Collector {
  readonly request: TraceRequest;
  /** By the text of the packet that has this change alone. */
  readonly found: Map<Dimension, Map<string, Found>>;
  count: number;
}

function collect(collector: Collector, tier: number, donor: Injection): void {
  const { injection, host } = collector.request;
  const donors = [donor, ...insideOf(injection, donor)];
  for (const change of donors.flatMap((one) => differences(injection, one))) {
    const packet = change.dimension.take(injection, change.donor);
    if (!isPlausible(packet, injection, host)) continue;
    const known = collector.found.get(change.dimension) ?? new Map<string, Found>();
    collector.found.set(change.dimension, known);
    const key = formatInjection(packet);
    if (known.has(key)) continue;
    known.set(key, { ...change, tier });
    collector.count++;
  }
}

/** Everything that may look at a packet, or do something to it. */
function partsOf({ tables }: RuleSet): readonly { readonly table: Table; readonly part: Part }[] {
  return tables.flatMap((table) =>
    table.chains.flatMap(({ rules }) =>
      rules.flatMap(({ parts }) => withoutComments(parts).map((part) => ({ table, part }))),
    ),
  );
}

function addPart(
  request: TraceRequest,
  table: Table,
  part: Match | Statement,
  add: (donor: Injection) => void,
): boolean {
  return part.kind === 'match' ? addBorders(request, table, part, add) : addDone(request, table, part, add);
}

/** Fields that a packet has from what else it is, and from the state of its connection, of which every one is tried. */
const covered: readonly Field[] = [ctState, ctStatusField, ctDirectionField, ctMark];

/** Adds a packet for either side of every border of a condition; false where its borders can't be found. */
function addBorders(
  request: TraceRequest,
  table: Table,
  { key, args }: Match,
  add: (donor: Injection) => void,
): boolean {
  const definition = findMatch(key);
  if (!definition) return false;
  // No change here makes an IPv4 packet one of IPv6.
  if (definition.family && definition.family !== (request.injection.packet.family === 4 ? 'ip' : 'ip6'))
    return true;
  if (definition.borders)
    return addTuples(request, (one) => definition.borders?.(args, one, lookupsOf(table)), add);
  if (!definition.satisfy) return isFixed(definition);
  const { injection } = request;
  for (const base of [injection, ...otherProtocols(injection)]) {
    const context = { view: viewAt(request, base), ...lookupsOf(table) };
    const sides = [true, false].map((holds) =>
      everyChoice((choose) => definition.satisfy?.(args, base, { ...context, choose }, holds), most),
    );
    const donors = sides.flatMap(({ results }) => results.flatMap((one) => one ?? []));
    for (const donor of donors) add(donor);
    if (sides.some((side) => !side.complete)) return false;
    if (donors.length > 0) return true;
  }
  return isFixed(definition);
}

/** No change of the packet changes its truth, or all such changes are tried anyway. */
function isFixed({ selector, knowledge }: MatchDefinition<unknown>): boolean {
  if (knowledge === 'time' || knowledge === 'history') return true;
  return covered.some((field) => field === selector?.field);
}

/** Of the packet and of the same in other protocols: most fields are of one protocol only. */
function addTuples(
  { injection }: TraceRequest,
  find: (injection: Injection) => Borders | undefined,
  add: (donor: Injection) => void,
): boolean {
  const found = [injection, ...otherProtocols(injection)].map(find);
  for (const one of found) for (const donor of one?.packets ?? []) add(donor);
  return found.every((one) => one?.complete === true && one.unset.every((field) => covered.includes(field)));
}

/** Adds a packet for each thing that a statement may do; false where these can't be found. */
function addDone(
  request: TraceRequest,
  table: Table,
  statement: Statement,
  add: (donor: Injection) => void,
): boolean {
  const definition = findStatement(statement.key);
  if (!definition?.borders) return isPlain(statement);
  return addTuples(request, (one) => definition.borders?.(statement.args, one, lookupsOf(table)), add);
}

/** Whether what a statement does is the same for every packet. */
function isPlain({ key, args }: Statement): boolean {
  const definition = findStatement(key);
  if (!definition) return false;
  if (definition.passes || definition.chain?.(args) !== undefined) return true;
  const text = definition.write(args);
  return definition.terminal ? !/\b(map|vmap|hash)\b/.test(text) : / (0x[0-9a-f]+|\d+)$/.test(text);
}

/** The packet as a rule would see it that filters. */
function viewAt(request: TraceRequest, injection: Injection): PacketView {
  const run = startRun(
    { ...request, injection },
    (_, [first]) => first,
    conntrackTable(),
    () => ({
      verdict: 'accept',
      fate: 'sent',
    }),
  );
  run.hook = injection.direction === 'out' ? 'output' : 'forward';
  run.oif = injection.oif;
  return viewOf(run);
}

/** The packet in the other protocols that are usual. */
export function otherProtocols(injection: Injection): readonly Injection[] {
  const icmp = injection.packet.family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6;
  return [protocolNumber.tcp, protocolNumber.udp, icmp]
    .filter((number) => number !== injection.packet.protocol)
    .map((number) => ({ ...injection, packet: withProtocol(injection.packet, number) }));
}

const commonPorts = [443, 80, 22, 53, 8080, 25, 123];

function usual({ injection, host }: TraceRequest): readonly Injection[] {
  const { packet, direction } = injection;
  const { transport, family } = packet;
  const received = direction === 'in';
  const devices = (host?.interfaces ?? []).map(({ name }) => name).filter((name) => name !== 'lo');
  const withTransport = (changed: Transport): Injection => ({
    ...injection,
    packet: { ...packet, transport: changed },
  });
  const ports = hasPorts(transport) ? commonPorts.map((dport) => withTransport({ ...transport, dport })) : [];
  const tcp = transport.kind === 'tcp' ? transport : undefined;
  const flags = tcp ? commonFlags.map((one) => withTransport({ ...tcp, flags: one })) : [];
  const addresses = host ? nearHost({ injection, host }) : [];
  return [
    ...otherProtocols(injection),
    ...ports,
    ...flags,
    ...(['new', 'established', 'related', 'invalid'] as const).map((state) => ({ ...injection, state })),
    ...(received ? devices.map((iif) => ({ ...injection, iif })) : []),
    ...addresses.flatMap((value) => [
      { ...injection, packet: { ...packet, family, source: value } },
      { ...injection, packet: { ...packet, family, destination: value } },
    ]),
    ...(packet.ttl === 1 ? [{ ...injection, packet: { ...packet, ttl: 64 } }] : []),
  ];
}

/** The host's addresses, a neighbour of each, and both sides of what its routes lead to. */
function nearHost({ injection, host }: { injection: Injection; host: NonNullable<TraceRequest['host']> }) {
  const { family } = injection.packet;
  const own = host.interfaces
    .flatMap((one) => one.addresses)
    .flatMap(({ address }) => (address.family === family ? [address.value] : []));
  const width = addressWidth(family);
  const routed = host.routes
    .filter((route) => route.family === family)
    .flatMap(({ destination, prefixLength }) => {
      const { lo, hi } = prefixRange(destination, prefixLength, width);
      return [lo, lo + 1n, hi, hi + 1n, lo - 1n];
    })
    .filter((value) => value > 0n && value >> BigInt(width) === 0n);
  return [...own, ...own.map((value) => value ^ 2n), ...routed];
}
