// A named set in the language, with its type, so that an empty one has one too.
import { typesNamed } from '../datatype/by-name.ts';
import type { NamedSet, Table } from '../ir/ruleset.ts';
import { writeValue } from '../match/field-language.ts';
import { writeName } from '../match/quote.ts';
import { writeJson } from '../nft/json-writer.ts';
import { spellSet } from '../nft/spell-set.ts';

/** `set NAME : TYPE = { … }`; what the language can't declare, as an object of nft. */
export function writeSet(set: NamedSet, table: Table): string {
  const { name, type, elements, changes } = set;
  const [dataType, second] = typesNamed(type) ?? [];
  if (!dataType || second || changes || elements.kind === 'tuples')
    return `nft ${writeJson({ set: spellSet(set, table, { form: 'json', report: () => {} }) })}`;
  const head = `set ${writeName(name)} : ${type}`;
  const count = elements.kind === 'names' ? elements.names.length : elements.ranges.length;
  return count === 0 ? head : `${head} = ${writeValue(dataType, { ...elements, braces: true })}`;
}
