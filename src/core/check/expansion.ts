// Keys that stand for other words: `service NAME`, `from zone NAME`, `to zone NAME` (also `in zone`, `out zone`). What a
// declaration says takes their place in the rule, which becomes several where a service uses several protocols.

import { nearestName } from '../diagnostic/meant.ts';
import type { Definition } from '../syntax/ast.ts';
import { ruleFrom } from '../syntax/template.ts';
import type { Name, Term } from '../syntax/term.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, type Located, locate, peekArgument, placeOf } from './cursor.ts';
import type { Scope } from './scope.ts';
import { conditionsOf, type Services, serviceNames } from './service.ts';
import { shortForms } from './short-forms.ts';
import { type Side, self, type Zones, zoneTerms } from './zone.ts';

/** What the top level declares for rules to use. */
export interface Definitions {
  readonly scope: Scope;
  readonly calls: ReadonlyMap<string, Definition>;
  readonly services: Services;
  readonly zones: Zones;
}

/**
 * Takes what follows the key; the terms that stand for it, one list for each rule that comes of it. `limit` is the only
 * IP version of which packets are left.
 */
export type Expand = (
  cursor: Cursor,
  definitions: Definitions,
  limit?: 'ip' | 'ip6',
) => readonly (readonly Located[])[] | undefined;

/** By the key as it is written. */
export const expansionKeys: ReadonlyMap<string, Expand> = new Map([
  ['service', expandService],
  ['from zone', zoneExpansion('from')],
  ['to zone', zoneExpansion('to')],
  ['in zone', zoneExpansion('from')],
  ['out zone', zoneExpansion('to')],
  ...[...shortForms].map(([key, text]) => [key, shortFormExpansion(text)] as const),
]);

function expandService(
  cursor: Cursor,
  { services, scope }: Definitions,
): readonly (readonly Located[])[] | undefined {
  const at = takeName(cursor, 'the name of a service');
  if (!at) return undefined;
  const { text } = at.name;
  const conditions = conditionsOf(text, services, at.name.span);
  if (!conditions) {
    const help = nearestName(text, serviceNames(services));
    return complainAt(cursor, at.located, 'HK2055', `no service is called \`${text}\``, { help });
  }
  const name = services.get(text)?.name;
  return conditions.map((terms) => (name ? expanded(terms, name, at, scope) : inPlace(terms, at)));
}

/** The key was taken; its last word says where it stood. */
function shortFormExpansion(text: string): Expand {
  return (cursor) => {
    const located = cursor.terms[cursor.at - 1];
    if (!located) return undefined;
    const { scope, expansions } = located;
    const span = cursor.taker?.span ?? placeOf(located);
    return [locate(ruleFrom(text, span).terms, scope, expansions)];
  };
}

function zoneExpansion(side: Side): Expand {
  return (cursor, { zones, scope }) => {
    const at = takeName(cursor, 'the name of a zone');
    if (!at) return undefined;
    const { text, span } = at.name;
    const zone = zones.get(text);
    if (zone) return [expanded(zoneTerms(zone, side, span), zone.name, at, scope)];
    if (text === self) return [inPlace(zoneTerms(self, side, span), at)];
    const help = nearestName(text, [...zones.keys(), self]);
    return complainAt(cursor, at.located, 'HK2058', `no zone is called \`${text}\``, { help });
  };
}

/** A name that was taken, and the term it stood in. */
interface TakenName {
  readonly name: Name;
  readonly located: Located;
}

function takeName(cursor: Cursor, wanted: string): TakenName | undefined {
  const located = peekArgument(cursor);
  if (located === 'broken') return undefined;
  if (located?.term.kind !== 'word') {
    const found = located && `expected ${wanted}, found \`${textOf(located.term.span)}\``;
    return complainAt(cursor, located, 'HK3009', found ?? `${wanted} is missing`);
  }
  cursor.at++;
  return { name: located.term, located };
}

/** Terms of a declaration: what is wrong with them is shown where they are used and where they stand. */
function expanded(
  terms: readonly Term[],
  name: Name,
  { located }: TakenName,
  scope: Scope,
): readonly Located[] {
  return locate(terms, scope, [...located.expansions, { name, span: placeOf(located) }]);
}

/** Terms that no declaration holds. */
function inPlace(terms: readonly Term[], { located }: TakenName): readonly Located[] {
  return locate(terms, located.scope, located.expansions);
}
