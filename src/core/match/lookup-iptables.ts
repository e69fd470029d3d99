// A lookup in a map as conditions of iptables: one for each entry.
import type { Atom, Entry, EntryData } from '../ir/tuple.ts';
import type { Lookups } from './define.ts';
import { selectorsOfKeys } from './find-selector.ts';
import type { Condition, IptablesTarget } from './iptables-spelling.ts';
import { entriesOf, fixedEntries, type Lookup, writeKeys } from './lookup.ts';
import { nextInTurn } from './nft/statistic.ts';
import type { Reading } from './reading.ts';
import { selectors } from './registry.ts';
import { type Asked, presentCondition, tupleCondition } from './tuple-iptables.ts';

/** When something is found, and what. */
export interface Finding {
  readonly when: Condition;
  readonly data: EntryData;
  /** The condition counts the packets that no finding before is for. */
  readonly stateful?: true;
}

/** There is no finding that iptables can say, or none of the packets of the family has one. */
type NoFindings = Extract<Condition, { kind: 'unsupported' | 'never' }>;

/** All findings, that of everything else last. */
export function findingsOf(lookup: Lookup, target: IptablesTarget): readonly Finding[] | NoFindings {
  const { keys } = lookup;
  const entries = fixedEntries(lookup.map, target);
  const inTurn = entries && turnsOf(keys, entries);
  if (inTurn) return inTurn;
  const asked = keys.map(askedOf);
  const known = asked.filter((one) => one !== undefined);
  if (!entries || known.length < asked.length || keys.some(({ key }) => selectors.find(key)?.stateful))
    return { kind: 'unsupported', why: `iptables can't look \`${writeKeys(keys)}\` up in this map` };
  const findings = entries.toSorted(catchAllLast).map(({ key, data }) => ({
    data,
    when:
      key === 'any'
        ? presentCondition(selectorsOfKeys(keys.map((one) => one.key)), { definitions: selectors, target })
        : tupleCondition(known, key, { definitions: selectors, target }),
  }));
  const unsaid = findings.map(({ when }) => when).find((when) => when.kind === 'unsupported');
  if (unsaid) return unsaid;
  const some = findings.filter(({ when }) => when.kind !== 'never');
  return some.length > 0 ? some : { kind: 'never' };
}

/** More entries than these are not written as rules, each of which counts. */
const mostTurns = 64n;

/** One rule for each number that a counter takes, if the map has something for each. */
function turnsOf(keys: readonly Reading[], entries: readonly Entry[]): readonly Finding[] | undefined {
  const [key, ...others] = keys;
  const turns = key && selectors.find(key.key)?.selector?.turns;
  if (!turns || key.steps.length > 0 || others.length > 0 || turns.hi - turns.lo >= mostTurns)
    return undefined;
  const count = Number(turns.hi - turns.lo) + 1;
  const found = Array.from({ length: count }, (_, at) => dataFor(turns.lo + BigInt(at), entries));
  const known = found.filter((data) => data !== undefined);
  if (known.length < count) return undefined;
  return known.map((data, at) => ({ data, when: nextInTurn(count - at), stateful: true }));
}

function dataFor(number: bigint, entries: readonly Entry[]): EntryData | undefined {
  return entries
    .toSorted(catchAllLast)
    .find(({ key }) => key === 'any' || key.some((atom) => isIn(atom, number)))?.data;
}

function isIn(atom: Atom, number: bigint): boolean {
  return typeof atom === 'object' && atom.lo <= number && number <= atom.hi;
}

/** Whether the map has an entry for everything that no other one is for. */
export function hasDefault({ map }: Lookup, lookups: Lookups): boolean {
  return entriesOf(map, lookups).some(({ key }) => key === 'any');
}

/** iptables compares some bits, but does not change them before. */
function askedOf({ key, steps }: Reading): Asked | undefined {
  const [step, ...others] = steps;
  if (!step) return { key };
  return step.kind === 'bits' && step.flip === 0n && others.length === 0
    ? { key, mask: step.keep }
    : undefined;
}

function catchAllLast(one: Entry, other: Entry): number {
  return Number(one.key === 'any') - Number(other.key === 'any');
}
