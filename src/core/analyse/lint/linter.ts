// Lint of a rule set that is edited: what has not changed is not worked out again.
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { LintSubject } from './define.ts';
import type { LintMemory } from './exact/memory.ts';
import { type LintChoice, lint } from './lint.ts';

/** Looks at one version after the other. */
export interface Linter {
  /** What lint says of this version: the same as if no other had been looked at before. */
  lint(subject: LintSubject, choice?: LintChoice): readonly Diagnostic[];
}

/** One that knows of no version yet. It is for versions of the same rules; of others it remembers nothing of use. */
export function createLinter(): Linter {
  const memory: LintMemory = {};
  return { lint: (subject, choice) => lint({ ...subject, memory }, choice) };
}
