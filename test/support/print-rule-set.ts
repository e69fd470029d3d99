// A rule set as text, for fixtures: the language's own, with everything that was implied written out.
import { typesNamed } from '../../src/core/datatype/by-name.ts';
import type { Chain, NamedSet, Part, RuleSet, Table } from '../../src/core/ir/ruleset.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { writeTuple } from '../../src/core/match/tuple-language.ts';
import {
  writeAttributes,
  writeChainLines,
  writeNamedObject,
} from '../../src/core/policy-text/write-object.ts';
import { writeMap } from '../../src/core/policy-text/write-set.ts';
import { findStatement } from '../../src/core/statement/registry.ts';

/** One line for each chain, set and rule. */
export function printRuleSet({ tables }: RuleSet): string {
  return tables.flatMap(tableLines).join('\n');
}

function tableLines(table: Table): readonly string[] {
  const { family, name, objects = [], sets, maps = [], chains } = table;
  const shown = sets.map((set) => `set ${set.name} : ${set.type} = { ${elements(set).join(', ')} }`);
  const lines = [
    ...writeAttributes(table),
    ...objects.map((object) => writeNamedObject(object).join(' ')),
    ...shown,
    ...maps.map(writeMap),
  ];
  return [`table ${family} ${name}`, ...lines.map((line) => `  ${line}`), ...chains.flatMap(chainLines)];
}

function elements({ type, elements: held }: NamedSet): readonly string[] {
  if (held.kind === 'names') return held.names;
  if (held.kind === 'tuples') return held.tuples.map((tuple) => writeTuple(typesNamed(type) ?? [], tuple));
  const format = typesNamed(type)?.[0]?.format ?? String;
  return held.ranges.map(({ lo, hi }) => (lo === hi ? format(lo) : `${format(lo)}-${format(hi)}`));
}

function chainLines(chain: Chain): readonly string[] {
  const { name, base, rules } = chain;
  const devices = base?.devices ? ` devices ${base.devices.join(', ')}` : '';
  const hook =
    base && ` type ${base.type} hook ${base.hook}${devices} priority ${base.priority} policy ${base.policy}`;
  return [
    `  chain ${name}${hook ?? ''}`,
    ...writeChainLines(chain).map((line) => `    ${line}`),
    ...rules.map(({ parts }) => `    ${parts.map(partText).join(' ')}`),
  ];
}

function partText(part: Part): string {
  if (part.kind === 'opaque') return part.text;
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  return definition ? definition.write(part.args) : `?${part.key}`;
}
