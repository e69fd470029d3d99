// The ports that rules give to translated sources.
import type { AddressFamily } from '../datatype/address.ts';
import { contains, type Range } from '../datatype/range.ts';
import { metaL4proto } from '../field/meta.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { outcomesOf, type PlacedRule, placedRules, wantedRanges } from '../machine/placed-rules.ts';
import { locationOf } from '../text/source.ts';
import type { PortRange } from './refusal.ts';

/** What a rule translates sources to. */
export interface SourceRange {
  readonly families: readonly AddressFamily[];
  /** Any that the machine has if absent. */
  readonly addresses?: Range;
  /** Those of the port's class if absent. */
  readonly ports?: PortRange;
  /** Protocols that it is for; all if absent. */
  readonly protocols?: readonly Range[];
  /** The chain and the line of the rule. */
  readonly place: string;
}

/** Of each rule that changes sources, in order. */
export function sourceRanges(ruleSet: RuleSet): readonly SourceRange[] {
  return placedRules(ruleSet).flatMap((placed) =>
    outcomesOf(placed).flatMap((outcome) => {
      if (outcome.kind !== 'source') return [];
      const { addresses, ports } = outcome;
      const protocols = wantedRanges(placed, metaL4proto);
      return [
        {
          families: addresses ? [addresses.family] : placed.families,
          place: placeOf(placed),
          ...(addresses && { addresses: { lo: addresses.lo, hi: addresses.hi } }),
          ...(ports && { ports: { lo: Number(ports.lo), hi: Number(ports.hi) } }),
          ...(protocols && { protocols }),
        },
      ];
    }),
  );
}

function placeOf({ table, chain, rule }: PlacedRule): string {
  const where = rule.span ? locationOf(rule.span) : undefined;
  const number = chain.rules.indexOf(rule) + 1;
  const line = where ? ` (${where.file}:${where.line})` : '';
  return `rule ${number} of ${table.family} ${table.name} ${chain.name}${line}`;
}

/** The first rule that may have given a source its address and port. */
export function rangeFor(
  ranges: readonly SourceRange[],
  source: {
    readonly family: AddressFamily;
    readonly protocol: number;
    readonly address: bigint;
    readonly port: number;
  },
): SourceRange | undefined {
  return ranges.find(
    ({ families, addresses, ports, protocols }) =>
      families.includes(source.family) &&
      (!addresses || contains([addresses], source.address)) &&
      (!protocols || contains(protocols, BigInt(source.protocol))) &&
      (!ports || (ports.lo <= source.port && source.port <= ports.hi)),
  );
}
