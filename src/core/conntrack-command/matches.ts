// A command's filter as a question to an entry (conntrack.c: nfct_filter; libnetfilter_conntrack: conntrack/compare.c). It
// asks for all that was said, where conntrack 1.4.7 forgets some: the keys of GRE, addresses of `--src-nat` and `--dst-nat`
// of IPv6, and `-u UNREPLIED` of `-D`; and it takes an address of `--any-nat` beside other options for that of `--src`, too.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { Entry } from '../conntrack/entry.ts';
import { portKey } from '../conntrack/nat-port.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import type { Ends, NatEnd, NatSide, Selection } from './command.ts';

/** An entry with what only listings tell. */
export type Asked = Entry & Partial<Pick<DumpedEntry, 'id' | 'secmark' | 'labels' | 'markUntold'>>;

/** A question to an entry. */
export type Test = (entry: Asked) => boolean;

/** Whether an entry is one of those that a command means. What a listing does not tell of an entry does not match. */
export function matcherOf(selection: Selection): Test {
  const tests = [
    ...tupleTests(selection),
    ...numberTests(selection),
    ...zoneTests(selection),
    ...natTests(selection),
    ...labelTests(selection),
  ];
  return (entry) => tests.every((test) => test(entry));
}

/** A test if something was said. */
function given<Value>(value: Value | undefined, test: (value: Value) => Test): readonly Test[] {
  return value === undefined ? [] : [test(value)];
}

function tupleTests({ family, protocol, original, reply, masks, icmp }: Selection): readonly Test[] {
  return [
    ...given(family, (value) => (entry) => entry.original.family === value),
    ...given(protocol, (value) => (entry) => entry.original.protocol === value),
    ...endsTests(original, (entry) => entry.original, masks),
    ...endsTests(reply, (entry) => entry.reply, {}),
    ...given(icmp.type, (value) => icmpTest((layer4) => layer4.type === value)),
    ...given(icmp.code, (value) => icmpTest((layer4) => layer4.code === value)),
    ...given(icmp.id, (value) => icmpTest((layer4) => layer4.id === value)),
  ];
}

function icmpTest(test: (layer4: Extract<Tuple['layer4'], { kind: 'icmp' }>) => boolean): Test {
  return ({ original: { layer4 } }) => layer4.kind === 'icmp' && test(layer4);
}

function endsTests(
  ends: Ends,
  tupleIn: (entry: Entry) => Tuple,
  masks: Pick<Ends, 'source' | 'destination'>,
): readonly Test[] {
  const address = (side: 'source' | 'destination') =>
    given(ends[side], (value) => addressTest(value, masks[side], (entry) => tupleIn(entry)[side]));
  return [
    ...address('source'),
    ...address('destination'),
    ...given(ends.sourceKey, (value) => (entry) => keysOf(tupleIn(entry))[0] === value),
    ...given(ends.destinationKey, (value) => (entry) => keysOf(tupleIn(entry))[1] === value),
  ];
}

function addressTest(wanted: bigint, mask: bigint | undefined, found: (entry: Entry) => bigint): Test {
  if (mask === undefined) return (entry) => found(entry) === wanted;
  const network = wanted & mask;
  return (entry) => (found(entry) & mask) === network;
}

function keysOf({ layer4 }: Tuple): readonly [number, number] | readonly [] {
  if (layer4.kind === 'ports') return [layer4.sport, layer4.dport];
  return layer4.kind === 'gre' ? [layer4.sourceKey, layer4.destinationKey] : [];
}

function numberTests({ state, timeout, status, mark, secmark, id }: Selection): readonly Test[] {
  return [
    ...given(state, (value) => (entry) => entry.protocolState === value),
    ...given(timeout, (value) => (entry) => entry.timeout === value),
    ...given(
      status,
      ({ set, unset }) =>
        (entry) =>
          (entry.status & (set | unset)) === set,
    ),
    ...given(
      mark,
      ({ value, mask }) =>
        (entry) =>
          (entry.mark & mask) >>> 0 === value,
    ),
    ...given(secmark, (value) => (entry) => entry.secmark === value),
    ...given(id, (value) => (entry) => entry.id === value),
  ];
}

/** The zone of one direction only. */
function own({ zone }: Entry, direction: 'original' | 'reply'): number {
  return zone.original === zone.reply ? 0 : zone[direction];
}

/** `-w` is the zone of both directions; where each has its own, the entry has none (nf_conntrack_zones.h). */
function zoneTests({ zone, originalZone, replyZone }: Selection): readonly Test[] {
  return [
    ...given(
      zone,
      (value) =>
        ({ zone: { original, reply } }) =>
          (original === reply ? original : 0) === value,
    ),
    ...given(originalZone, (value) => (entry) => own(entry, 'original') === value),
    ...given(replyZone, (value) => (entry) => own(entry, 'reply') === value),
  ];
}

function natTests({ nat }: Selection): readonly Test[] {
  return [
    ...given(nat.source, (end) => natTest('source', end)),
    ...given(nat.destination, (end) => natTest('destination', end)),
    ...given(nat.any, (end) => {
      const [source, destination] = [natTest('source', end), natTest('destination', end)];
      return (entry) => source(entry) || destination(entry);
    }),
  ];
}

/** A source is translated to where the replies go, a destination to where they come from. */
function natTest(side: Exclude<NatSide, 'any'>, { address, port }: NatEnd): Test {
  const answered = side === 'source' ? 'destination' : 'source';
  return ({ original, reply }) => {
    // The identifier of ICMP belongs to its source: only SNAT changes it.
    const hasKey = side === 'source' || original.layer4.kind !== 'icmp';
    const to = hasKey ? portKey(reply, answered) : undefined;
    const hasOtherKey = hasKey && portKey(original, side) !== to;
    const isMoved = original[side] !== reply[answered];
    if (address === undefined && port === undefined) return isMoved || hasOtherKey;
    return (
      (address === undefined || (isMoved && reply[answered] === address)) &&
      (port === undefined || (hasOtherKey && to === port))
    );
  };
}

function labelTests({ labels }: Selection): readonly Test[] {
  return labels.map((label) => (entry) => entry.labels?.split(',').includes(label) ?? false);
}
