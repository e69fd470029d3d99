// What is wrong with a document, from what zod says of it: the place is the innermost that is known.
import type { z } from 'zod';

/** One thing that is not as the format has it. */
export interface NftablesProblem {
  /** From the document inwards: `['nftables', 3, 'rule', 'expr', 0, 'match', 'op']`. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** A key that the model does not know; all else about it may be right. */
  readonly unknownKey: boolean;
}

type Issue = z.core.$ZodIssue;

/** The problems behind zod's issues. */
export function problemsOf(issues: readonly Issue[]): readonly NftablesProblem[] {
  return issues.flatMap(problemsOfIssue);
}

function problemsOfIssue(issue: Issue): readonly NftablesProblem[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is not known', unknownKey: true }));
  if (issue.code !== 'invalid_union') return [{ path, message, unknownKey: false }];
  const alternatives = issue.errors.map(problemsOf);
  const meant = alternatives.toSorted(compare)[0] ?? [];
  return meant.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

/** A value of another type: this alternative was not meant, or none is. */
function isElsewhere({ path, unknownKey }: NftablesProblem): boolean {
  return path.length === 0 && !unknownKey;
}

function compare(left: readonly NftablesProblem[], right: readonly NftablesProblem[]): number {
  return rank(left) - rank(right);
}

/** The alternative that was meant has nothing wrong but unknown keys, or the least of those that could be meant. */
function rank(problems: readonly NftablesProblem[]): number {
  if (problems.every(({ unknownKey }) => unknownKey)) return 0;
  return problems.some(isElsewhere) ? Number.MAX_SAFE_INTEGER : problems.length;
}
