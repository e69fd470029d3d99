// One normal form for all that listings and events tell: the lines of `conntrack -L -o extended,id`, and JSON.
import { addressWidth, formatAddress } from '../datatype/address.ts';
import type { AnnouncedExpectation, DumpedEntry, DumpedEvent, DumpedExpectation } from './dumped.ts';
import type { Counter } from './entry.ts';
import type { SourceMask } from './expectation.ts';
import { formatTuple, protocolText } from './format.ts';
import type { Tuple, TupleLayer4 } from './tuple.ts';

/** The line of an entry with all that is told of it; it is read back as the same entry. */
export function listedLine(entry: DumpedEntry): string {
  const { original, reply, zone, counters, flags } = entry;
  const hasOwnZones = zone.original !== zone.reply;
  const family = original.family === 4 ? 'ipv4     2' : 'ipv6     10';
  const words = [
    `${family} ${entry.protocolName.padEnd(8)} ${original.protocol}`,
    entry.timeout,
    entry.protocolState,
    formatTuple(original),
    hasOwnZones && zone.original !== 0 && `zone-orig=${zone.original}`,
    counters && counterText(counters.original),
    flags.includes('UNREPLIED') && '[UNREPLIED]',
    formatTuple(reply),
    hasOwnZones && zone.reply !== 0 && `zone-reply=${zone.reply}`,
    counters && counterText(counters.reply),
    ...flags.filter((flag) => flag !== 'UNREPLIED').map((flag) => `[${flag}]`),
    !entry.markUntold && `mark=${entry.mark}`,
    pair('secmark', entry.secmark),
    pair('secctx', entry.secctx),
    !hasOwnZones && zone.original !== 0 && `zone=${zone.original}`,
    pair('delta-time', entry.age),
    entry.started !== undefined && `[start=${entry.started}]`,
    entry.stopped !== undefined && `[stop=${entry.stopped}]`,
    pair('helper', entry.helper),
    pair('use', entry.use),
    pair('id', entry.id),
    pair('labels', entry.labels),
  ];
  return words.filter((word) => word !== undefined && word !== false).join(' ');
}

function pair(key: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${key}=${value}`;
}

function counterText({ packets, bytes }: Counter): string {
  return `packets=${packets} bytes=${bytes}`;
}

/** The line of an expectation, as `conntrack -L expect` or /proc/net/nf_conntrack_expect has it. */
export function expectedLine(expectation: DumpedExpectation | AnnouncedExpectation): string {
  return 'master' in expectation ? besideLine(expectation) : announcedLine(expectation);
}

function besideLine(expectation: DumpedExpectation): string {
  const { tuple, timeout, helper, mask, master } = expectation;
  const words = [
    timeout,
    `proto=${tuple.protocol}`,
    formatTuple(tuple),
    prefixed('mask-', maskTuple(tuple, mask)),
    prefixed('master-', master),
    flagText(expectation),
    pair('helper', helper),
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

/** Of the destination every bit counts. */
function maskTuple({ family, protocol, layer4 }: Tuple, { address, key }: SourceMask): Tuple {
  const destination = (1n << BigInt(addressWidth(family))) - 1n;
  const all = 0xff_ff;
  const keys: TupleLayer4 =
    layer4.kind === 'gre'
      ? { kind: 'gre', sourceKey: key, destinationKey: all }
      : { kind: 'ports', sport: key, dport: all };
  return { family, protocol, source: address, destination, layer4: keys };
}

function prefixed(prefix: string, tuple: Tuple): string {
  return formatTuple(tuple).replace(/\b(src|dst)=/g, `${prefix}$1=`);
}

function announcedLine(expectation: AnnouncedExpectation): string {
  const { tuple, timeout, helper, policy } = expectation;
  const named = policy === undefined ? helper : `${helper}/${policy}`;
  const family = tuple.family === 4 ? 2 : 10;
  const words = [
    `${timeout ?? '-'} l3proto = ${family} proto=${tuple.protocol}`,
    formatTuple(tuple),
    flagText(expectation),
    named,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

function flagText({
  permanent,
  isActive,
}: Pick<DumpedExpectation, 'permanent' | 'isActive'>): string | undefined {
  return [permanent && 'PERMANENT', !isActive && 'INACTIVE'].filter(Boolean).join(',') || undefined;
}

/** The line of an event: its time and kind before what it is about. */
export function eventLineOf({ time, type, userspace, of }: DumpedEvent): string {
  const words = [
    time !== undefined && `[${time.toFixed(6)}]`,
    `[${type.toUpperCase()}]`,
    of.kind === 'entry' ? listedLine(of.entry) : expectedLine(of.expectation),
    userspace && `[USERSPACE] portid=${userspace.portId}`,
    userspace?.program !== undefined && `progname=${userspace.program}`,
  ];
  return words.filter((word) => word !== undefined && word !== false).join(' ');
}

/** An entry as JSON; what is not told is missing. */
export function entryToJson(entry: DumpedEntry) {
  const { line, original, reply, zone, flags, counters, mark, markUntold, protocolState } = entry;
  const { timeout, id, use, age, started, stopped, startedAt, stoppedAt, helper, labels, secctx, secmark } =
    entry;
  return {
    line,
    family: original.family === 4 ? ('ipv4' as const) : ('ipv6' as const),
    protocol: protocolText(original.protocol),
    timeout,
    state: protocolState,
    original: tupleToJson(original, counters?.original),
    reply: tupleToJson(reply, counters?.reply),
    flags,
    mark: markUntold ? undefined : mark,
    zone,
    id,
    use,
    age,
    started,
    stopped,
    startedAt,
    stoppedAt,
    helper,
    labels,
    secctx,
    secmark,
  };
}

function tupleToJson({ family, source, destination, layer4 }: Tuple, counter: Counter | undefined) {
  const { kind, ...keys } = layer4;
  return {
    source: formatAddress({ family, value: source }),
    destination: formatAddress({ family, value: destination }),
    ...(kind === 'none' ? {} : keys),
    ...counter,
  };
}

/** An expectation as JSON. */
export function expectationToJson(expectation: DumpedExpectation | AnnouncedExpectation) {
  const { line, tuple, timeout, helper, permanent, isActive } = expectation;
  return {
    line,
    protocol: protocolText(tuple.protocol),
    expected: tupleToJson(tuple, undefined),
    ...('master' in expectation && { master: tupleToJson(expectation.master, undefined) }),
    timeout,
    helper,
    permanent,
    active: isActive,
  };
}

/** An event as JSON. */
export function eventToJson({ line, type, time, userspace, of }: DumpedEvent) {
  const about =
    of.kind === 'entry'
      ? { entry: entryToJson(of.entry) }
      : { expectation: expectationToJson(of.expectation) };
  return { line, type, time, userspace, ...about };
}
