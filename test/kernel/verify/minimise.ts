// The smallest case that still differs: packets and lines of the policy are left out for as long as it does.
import type { Case } from './case.ts';
import type { Mismatch } from './drive.ts';

/** Milliseconds for making one case smaller. */
const patience = 30_000;

/** A case and how it differs. */
export interface Differing {
  readonly one: Case;
  readonly mismatch: Mismatch;
}

/** What playing a case finds. */
export type Try = (one: Case) => Mismatch | undefined;

/** Makes a case smaller. */
export function smallest(found: Differing, differs: Try): Differing {
  const deadline = performance.now() + patience;
  const attempt = (one: Case): Differing | undefined => {
    const mismatch = performance.now() < deadline ? safely(one, differs) : undefined;
    return mismatch && { one, mismatch };
  };
  const plain = attempt(asWritten(found)) ?? found;
  const fewer = without(
    plain,
    ({ one }) => one.moves,
    (one, moves) => attempt({ ...one, moves }),
  );
  const lines = ({ one }: Differing) => one.policy.split('\n');
  return without(fewer, lines, (one, kept) => attempt({ ...one, policy: kept.join('\n') }));
}

/** The packets as they were, instead of what they have to do with earlier ones. */
function asWritten({ one, mismatch }: Differing): Case {
  return { ...one, moves: mismatch.history.map((text) => ({ kind: 'spec', text })) };
}

/** A policy without some of its lines may be none. */
function safely(one: Case, differs: Try): Mismatch | undefined {
  try {
    return differs(one);
  } catch {
    return undefined;
  }
}

/** Leaves out stretches of a list, from long ones to single items. */
function without<Item>(
  begun: Differing,
  listOf: (differing: Differing) => readonly Item[],
  attempt: (one: Case, kept: readonly Item[]) => Differing | undefined,
): Differing {
  let best = begun;
  for (let size = Math.ceil(listOf(best).length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < listOf(best).length; ) {
      const kept = listOf(best).toSpliced(at, size);
      const smaller = kept.length > 0 ? attempt(best.one, kept) : undefined;
      if (smaller) best = smaller;
      else at += size;
    }
  return best;
}
