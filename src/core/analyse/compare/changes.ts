// What becomes of the same packets by two rule sets, where it is not the same.
import type { Node } from '../../bdd/bdd.ts';
import type { Field } from '../../field/define.ts';
import { destinationAddress, sourceAddress, transportNext, transportStart } from '../../field/parts.ts';
import type { FateEnd, WalkRequest } from '../journey.ts';
import type { Direction, Subject } from '../question.ts';
import type { Space } from '../space.ts';
import { walk } from '../walk.ts';
import { tellsPorts } from '../walk-device.ts';
import type { RuleName } from '../walk-place.ts';

/** What a change means for packets. */
export const changes = {
  'newly accepted': 'were stopped, and pass now',
  'newly dropped': 'passed, and are dropped now',
  'newly rejected': 'passed, and are rejected now',
  'differently stopped': 'are stopped in another way',
  'differently routed': 'go somewhere else',
  'differently translated': 'leave with other addresses or ports',
  'not known': 'what becomes of them is not worked out',
} as const;

export type Change = keyof typeof changes;

/** Two rule sets, and packets of one direction. */
export interface Comparing {
  readonly space: Space;
  readonly before: Subject;
  readonly after: Subject;
  readonly direction: Direction;
  /** What rules of `after` are called; by their numbers if absent. */
  readonly nameAfter?: RuleName | undefined;
}

/** Packets that end alike by one of the rule sets. */
interface Outcome {
  readonly ends: readonly FateEnd[];
  readonly first: FateEnd;
  readonly node: Node;
}

/** Ends with the same outcome, whatever decided. */
function outcomes({ bdd }: Space, ends: readonly FateEnd[]): ReadonlyMap<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const end of ends) {
    const key = `${end.verdict} ${end.fate} ${end.reason} ${end.out} ${end.why}`;
    const known = found.get(key);
    if (known) found.set(key, { ...known, ends: [...known.ends, end], node: bdd.or(known.node, end.node) });
    else found.set(key, { ends: [end], first: end, node: end.node });
  }
  return found;
}

/** Packets that fare differently. */
export interface Changed {
  readonly change: Change;
  readonly node: Node;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Those that the host itself refuses, by both. */
  readonly refused: Node;
}

/** All of the packets that fare differently, and what is taken for granted of them. */
interface AllChanged {
  readonly changed: readonly Changed[];
  readonly assumptions: readonly string[];
}

/** Takes packets through both rule sets. */
export function changedPackets(comparing: Comparing, packets: Node): AllChanged {
  const walks = requestsOf(comparing).map((side) => walk({ ...side, packets }));
  const [old = [], now = []] = walks.map(({ ends }) => ends);
  const assumptions = walks.flatMap((one) => one.assumptions);
  return { changed: changed(comparing, old, now), assumptions };
}

/** The walks through both. */
export function requestsOf({
  space,
  before,
  after,
  direction,
  nameAfter,
}: Comparing): readonly WalkRequest[] {
  const isPlain = [before, after].every(({ ruleSet }) => !tellsPorts(ruleSet));
  const common = { space, direction, ...(isPlain && { withoutPorts: true as const }) };
  return [
    { ...common, ...before },
    { ...common, ...after, nameOf: nameAfter },
  ];
}

function changed(
  { space }: Comparing,
  before: readonly FateEnd[],
  after: readonly FateEnd[],
): readonly Changed[] {
  const [old, now] = [outcomes(space, before), outcomes(space, after)];
  const refused = space.bdd.and(refusedIn(space, before), refusedIn(space, after));
  return [...old].flatMap(([key, one]) =>
    [...now].flatMap(([other, two]): readonly Changed[] => {
      const both = space.bdd.and(space.bdd.and(one.node, two.node), space.valid());
      if (both === 0) return [];
      const isSame = key === other && one.first.verdict !== 'depends';
      if (isSame && one.first.verdict !== 'accept') return [];
      const node = isSame ? translatedOtherwise(space, one, two) : both;
      const change = isSame ? 'differently translated' : changeOf(one.first, two.first);
      return node === 0 ? [] : [{ before: one, after: two, node, change, refused }];
    }),
  );
}

function refusedIn({ bdd }: Space, ends: readonly FateEnd[]): Node {
  return ends.reduce<Node>((any, { reason, node }) => (reason === undefined ? any : bdd.or(any, node)), 0);
}

function changeOf(one: FateEnd, two: FateEnd): Change {
  if (one.verdict === 'depends' || two.verdict === 'depends') return 'not known';
  if (one.verdict === 'accept' && two.verdict === 'accept') return 'differently routed';
  if (two.verdict === 'accept') return 'newly accepted';
  if (one.verdict !== 'accept') return 'differently stopped';
  return two.verdict === 'reject' ? 'newly rejected' : 'newly dropped';
}

const written: readonly Field[] = [sourceAddress, destinationAddress, transportStart, transportNext];

/** Packets that both let pass, with other values in what they leave with. */
function translatedOtherwise(space: Space, one: Outcome, two: Outcome): Node {
  const { bdd } = space;
  let node: Node = 0;
  for (const old of one.ends)
    for (const now of two.ends) {
      const both = bdd.and(bdd.and(old.node, now.node), space.valid());
      if (both !== 0 && old.values !== now.values)
        node = bdd.or(node, bdd.and(both, differing(space, old, now)));
    }
  return node;
}

function differing(space: Space, one: FateEnd, two: FateEnd): Node {
  const { bdd } = space;
  return written.reduce<Node>((any, field) => {
    const [old, now] = [one, two].map(({ values }) =>
      space.at({ hook: 'forward', changed: values }).read(field),
    );
    if (old?.kind !== 'number' || now?.kind !== 'number') return any;
    return old.bits.reduce((all, bit, at) => bdd.or(all, bdd.xor(bit, now.bits[at] ?? 0)), any);
  }, 0);
}
