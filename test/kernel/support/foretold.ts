// What the simulation says of what people do in the example's network, in words to compare with what happened.
import { readConntrack } from '../../../src/core/conntrack/dump.ts';
import type { DumpedEntry } from '../../../src/core/conntrack/dumped.ts';
import type { Entry } from '../../../src/core/conntrack/entry.ts';
import { formatTuple } from '../../../src/core/conntrack/format.ts';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import { isUnknown } from '../../../src/core/field/view.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { locationOf } from '../../../src/core/text/source.ts';
import type { Way } from '../../../src/core/trace/step.ts';
import { type Deed, gatewayHost, injectionOf, policyText } from './example.ts';
import { simulate } from './steps.ts';

const verdicts = { success: 'accept', timeout: 'drop', refused: 'reject' } as const;

/** The ways of the first packets of what is done, by what a rule set says; see {@link simulate}. */
export function foretold(ruleSet: RuleSet, { packet, outcome }: Deed): readonly [Way, ...Way[]] {
  return simulate(ruleSet, gatewayHost, injectionOf(packet), verdicts[outcome]);
}

/** What decided: a chain, and the line of the policy or that chain's own policy. */
export function deciderOf({ deciding }: Pick<Way, 'deciding'>): string {
  if (deciding?.by !== 'rule') return `${deciding?.chain}: ${deciding?.by}`;
  const { span } = deciding.rule;
  return inPolicy(deciding.chain, span && locationOf(span).line);
}

/** A rule by its chain and its line of the example's policy, from 1. */
export function inPolicy(chain: string, line = 0): string {
  return `${chain}: ${policyText.split('\n')[line - 1]?.trim()}`;
}

/** Who the far end takes the sender for. */
export function sourceOf({ packet: { family, source, transport } }: Way): string {
  return `${formatAddress({ family, value: source })}:${'sport' in transport ? transport.sport : ''}`;
}

/** The connection that the packet began. */
export function connectionOf({ conntrack }: Way): Entry {
  const entry = conntrack?.entry;
  if (!entry || isUnknown(entry)) throw new Error('no connection was begun');
  return entry;
}

/** Both tuples of a connection. */
export function tuplesOf({ original, reply }: Entry): string {
  return `${formatTuple(original)} ${formatTuple(reply)}`;
}

/** The connections of a listing; every line must be one. */
export function entriesOf(listing: string): readonly DumpedEntry[] {
  return [...readConntrack(listing.split('\n'))].map((item) => {
    if (item.kind !== 'entry') throw new Error(`not an entry: ${JSON.stringify(item)}`);
    return item.entry;
  });
}
