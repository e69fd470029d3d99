// Saying which rules no packet reaches: between zones that is a mistake, in a chain that somebody wrote a warning.
import type { Chain, Table } from '../ir/ruleset.ts';
import type { ZonePolicy } from '../syntax/ast.ts';
import { noSets } from './beside.ts';
import { locate } from './cursor.ts';
import { checkCondition } from './rule.ts';
import type { TopLevel } from './table.ts';
import { type Entry, firstBehindEnd, unreachedIn } from './unreached.ts';
import { type Side, zoneTerms } from './zone.ts';

/** Warns about what stands behind a rule without conditions that ends every packet. */
export function warnUnreachedRules(tables: readonly Table[], { report }: TopLevel): void {
  for (const chain of tables.flatMap(({ chains }) => chains)) {
    const first = firstBehindEnd(chain);
    if (!first) continue;
    const { span, by } = first;
    report.complain('HK2084', 'no packet reaches this rule', {
      span,
      labels: by.span && [{ span: by.span, message: 'this one ends every packet of the chain' }],
    });
  }
}

/** Reports the rules of policies that no packet between their zones can reach or meet. */
export function reportUnreachedRules(
  { chains }: Table,
  policies: readonly ZonePolicy[],
  top: TopLevel,
): void {
  for (const policy of policies) {
    const chain = chains.find(({ span }) => span === policy.span);
    if (chain && !top.report.hasErrorIn(policy.span)) reportIn(chain, policy, top);
  }
}

function reportIn(chain: Chain, policy: ZonePolicy, top: TopLevel): void {
  for (const { span, by, always } of unreachedIn(chain, entriesOf(policy, top))) {
    // What a policy ends with by itself was not written.
    if (span.start === policy.span.start) continue;
    const pair = [policy.from, policy.to].map((names) => names.map(({ text }) => text).join(', '));
    const message = by
      ? 'no packet reaches this rule'
      : `no packet from ${pair[0]} to ${pair[1]} meets these conditions`;
    const why = always
      ? 'this one ends every packet of the policy'
      : 'this one ends each of its packets before';
    top.report.complain('HK2064', message, {
      span,
      labels: by?.span && [{ span: by.span, message: why }],
    });
  }
}

/** What packets between the zones meet: one entry for each pair and IP version. */
function entriesOf({ from, to }: ZonePolicy, top: TopLevel): readonly Entry[] {
  const before = top.report.errors();
  const entries = from.flatMap((one) =>
    to.flatMap((other) => {
      const terms = [...termsOf(one.text, 'from', top), ...termsOf(other.text, 'to', top)];
      const span = one.span;
      return checkCondition({ terms: locate(terms.flat(), top.scope), span }, { ...top, sets: noSets });
    }),
  );
  if (top.report.errors() > before) return [];
  return entries.map(({ parts }) => parts.flatMap((part) => (part.kind === 'match' ? [part] : [])));
}

function termsOf(name: string, side: Side, { definitions: { zones } }: TopLevel) {
  const zone = zones.get(name);
  return zone ? zoneTerms(zone, side, zone.name.span) : [];
}
