// The facts about a host in one of the forms that they can be written in.
import type { Outcome } from '../../diagnostic/diagnostic.ts';
import type { HostFacts } from '../../topology/facts.ts';
import { writeHostBlock } from './hook.ts';
import { writeHostJson } from './json.ts';

type WriteHost = (facts: HostFacts) => Outcome<string>;

const writers = {
  hook: (facts) => ({ value: writeHostBlock(facts), diagnostics: [] }),
  json: (facts) => ({ value: writeHostJson(facts), diagnostics: [] }),
} satisfies Record<string, WriteHost>;

/** A form that facts can be written in. */
export type HostTarget = keyof typeof writers;

/** All of them. */
export const hostTargets: readonly HostTarget[] = ['hook', 'json'];

/** Writes the facts; what a form can't say is an error, and there is no value. */
export function writeHost(facts: HostFacts, target: HostTarget): Outcome<string> {
  return writers[target](facts);
}
