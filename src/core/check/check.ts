// From the syntax tree to the checked policy: names resolved, values typed, the structure that the kernel demands.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Policy } from '../ir/policy.ts';
import type { PolicyFile } from '../syntax/ast.ts';

/** Checks a whole policy; all independent errors are reported, and with any there is no value. */
export function checkPolicy(file: PolicyFile): Outcome<Policy> {
  throw new Error(file.kind);
}
