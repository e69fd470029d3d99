// The facts about a host in one of the forms that they can be written in.
import type { Outcome } from '../../diagnostic/diagnostic.ts';
import type { HostFacts } from '../../topology/facts.ts';
import { writeHostBlock } from './hook.ts';
import { writeIpScript } from './ip-script.ts';
import { writeHostJson } from './json.ts';
import { writeNetplan } from './netplan.ts';
import { type UnitText, writeNetworkd } from './networkd.ts';

/** Writes the facts: a text, or several files; what a form can't say is an error, and there is no value. */
type WriteHost = (facts: HostFacts) => Outcome<string | readonly UnitText[]>;

const writers = {
  hook: (facts) => ({ value: writeHostBlock(facts), diagnostics: [] }),
  ip: writeIpScript,
  netplan: writeNetplan,
  networkd: writeNetworkd,
  json: (facts) => ({ value: writeHostJson(facts), diagnostics: [] }),
} satisfies Record<string, WriteHost>;

/** A form that facts can be written in. */
export type HostTarget = keyof typeof writers;

/** All of them. */
export const hostTargets: readonly HostTarget[] = ['hook', 'ip', 'netplan', 'networkd', 'json'];

/** Writes the facts in a form. */
export function writeHost(facts: HostFacts, target: HostTarget): ReturnType<WriteHost> {
  return writers[target](facts);
}
