// Rules that change no verdict: no packet comes to them, or what stands behind them decides the same for all of theirs.
// Rules that do something beside their verdict stay.
import type { BaseChain } from '../ir/ruleset.ts';
import { type Cover, createCover } from './covered.ts';
import { isPlain, type PlainRule, type SeenRule } from './seen.ts';

/** Why a rule went. */
export type Reason = 'duplicate' | 'unreached' | 'redundant';

/** The rules that stay, in their order, and how many went. */
export interface Needed {
  readonly rules: readonly SeenRule[];
  /** Those and the redundant ones. */
  readonly reached: readonly SeenRule[];
  readonly gone: Readonly<Record<Reason, number>>;
}

/** Leaves out rules of a chain; `base` where packets meet a policy at its end. */
export function withoutUnneeded(rules: readonly SeenRule[], base: BaseChain | undefined): Needed {
  const reached = withoutUnreached(rules);
  const needed = withoutRedundant(reached.rules, base);
  return {
    rules: needed,
    reached: reached.rules,
    gone: {
      duplicate: reached.duplicates,
      unreached: rules.length - reached.rules.length - reached.duplicates,
      redundant: reached.rules.length - needed.length,
    },
  };
}

/** What rules have ended since something last changed the packets. */
function withoutUnreached(rules: readonly SeenRule[]): {
  readonly rules: readonly SeenRule[];
  readonly duplicates: number;
} {
  let ended = createCover();
  let known = new Set<string>();
  let duplicates = 0;
  const reached = rules.filter((seen) => {
    const text = textOf(seen);
    const isDuplicate = text !== undefined && known.has(text);
    if (isPlain(seen) && (isDuplicate || ended.covers(seen.conditions))) {
      if (isDuplicate) duplicates++;
      return false;
    }
    if (seen.changes) [ended, known] = [createCover(), new Set()];
    else if (seen.ends && seen.conditions) ended.add(seen.conditions);
    if (seen.ends && text !== undefined) known.add(text);
    return true;
  });
  return { rules: reached, duplicates };
}

function textOf(seen: SeenRule): string | undefined {
  return isPlain(seen) ? `${seen.conditions.map(({ id }) => id).join()} ${seen.conclusion.text}` : undefined;
}

/** From the end, what the rules behind do to all packets that come so far, while they do nothing else to any. */
function withoutRedundant(rules: readonly SeenRule[], base: BaseChain | undefined): readonly SeenRule[] {
  const atEnd = base?.policy ?? 'return';
  let does: string = atEnd;
  let behind: Cover = everything();
  const needed: SeenRule[] = [];
  for (const seen of rules.toReversed()) {
    const own = isPlain(seen) && !seen.conclusion.comesBack ? meaningOf(seen, base) : undefined;
    if (own === undefined || own !== does) behind = createCover();
    does = own ?? '';
    if (own !== undefined && seen.conditions && behind.covers(seen.conditions)) continue;
    if (own !== undefined && seen.conditions) behind.add(seen.conditions);
    needed.push(seen);
  }
  return needed.toReversed();
}

function everything(): Cover {
  const cover = createCover();
  cover.add([]);
  return cover;
}

/** In a base chain to return is to meet the policy. */
function meaningOf({ conclusion: { text, verdict } }: PlainRule, base: BaseChain | undefined): string {
  return base && verdict?.kind === 'return' ? base.policy : text;
}
