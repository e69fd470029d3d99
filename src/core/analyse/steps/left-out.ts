// Whether rules may go. One may if the rules before it have ended all of its packets, or if what stands behind it does the
// same to all of them.
import type { Rule } from '../../ir/ruleset.ts';
import { type Checking, type Doubt, packetsIn } from './checking.ts';
import { type Cover, createCover } from './cover.ts';
import { comesBack, type Viewed } from './viewed.ts';

/** The places of the rules that went, in their order; nothing where the rest is not in its order. */
function goneFrom(before: readonly Rule[], after: readonly Rule[]): ReadonlySet<number> | undefined {
  const gone = new Set<number>();
  let next = 0;
  for (const [at, rule] of before.entries())
    if (rule === after[next]) next++;
    else gone.add(at);
  return next === after.length ? gone : undefined;
}

/** The rule that may be reached of those that went because it would be by no packet. */
export function doubtOfUnreached(
  { bdd, view }: Checking,
  before: readonly Rule[],
  after: readonly Rule[],
): Doubt {
  const gone = goneFrom(before, after);
  if (!gone) return before[0];
  const last = [...gone].at(-1) ?? -1;
  let ended = createCover(bdd);
  for (const [at, rule] of before.slice(0, last + 1).entries()) {
    const viewed = view(rule);
    if (gone.has(at) && !(viewed.does && ended.hasAll(packetsIn(viewed, bdd)))) return rule;
    if (viewed.changes) ended = createCover(bdd);
    else ended.add(viewed.ends);
  }
  return undefined;
}

/** The rule whose packets may fare otherwise by what is left behind it. */
export function doubtOfRedundant(
  { bdd, view, chain }: Checking,
  before: readonly Rule[],
  after: readonly Rule[],
): Doubt {
  const gone = goneFrom(before, after);
  if (!gone) return before[0];
  const { policy } = chain.base ?? {};
  // In a base chain to return is to meet the policy.
  const meaningOf = (what: string): string => (what === 'return' ? (policy ?? what) : what);
  let behind: Behind = { meaning: meaningOf('return'), cover: createCover(bdd), toEnd: true };
  const [first = before.length] = gone;
  for (let at = before.length - 1; at >= first; at--) {
    const rule = before[at];
    if (!rule) continue;
    const viewed = view(rule);
    const meaning = onlyMeaning(viewed, meaningOf);
    const packets = packetsIn(viewed, bdd);
    // What no packet meets is nowhere.
    if (viewed.does && packets === 0) continue;
    const isSame = meaning !== undefined && meaning === behind.meaning;
    if (gone.has(at) && !(isSame && (behind.toEnd || behind.cover.hasAll(packets)))) return rule;
    if (gone.has(at)) continue;
    if (!isSame) behind = { meaning, cover: createCover(bdd), toEnd: false };
    behind.cover.add(packets);
  }
  return undefined;
}

/** The rules right behind a place that all do the same. */
interface Behind {
  /** Nothing behind a rule that does several things, or more than to give verdicts. */
  readonly meaning: string | undefined;
  readonly cover: Cover;
  /** The chain ends behind them, with the same. */
  readonly toEnd: boolean;
}

function onlyMeaning({ does }: Viewed, meaningOf: (what: string) => string): string | undefined {
  const meanings = new Set([...(does?.keys() ?? [])].map(meaningOf));
  const [only] = meanings;
  return meanings.size === 1 && only !== undefined && !comesBack(only) ? only : undefined;
}
