// What `nft -j` of version 1.0.6 does not read of its own JSON, tried out: it refuses it, or loads something else without
// a word. Its text has all of it but what is new.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Table } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { isJsonObject, type JsonValue } from './json-value.ts';
import type { NftForm } from './limits.ts';
import type { Spelling } from './spell.ts';

const help = 'emit nft text, which says it';

/** Reports what the JSON of nft 1.0.6 does not do, where JSON is what is written. */
export function reportUnreadable(
  { form, report }: Spelling,
  problem: string | undefined,
  where: string,
  span: Span | undefined,
): void {
  if (form === 'text' || problem === undefined) return;
  report(diagnostic('HK4507', `${where}: the JSON of nft 1.0.6 ${problem}`, { span, help }));
}

/** Reports what of a table and its chains would be lost. */
export function checkJsonTable(table: Table, spelling: Spelling): void {
  const where = `table \`${table.family} ${table.name}\``;
  if (table.flags?.includes('persist'))
    spelling.report(
      diagnostic('HK4501', `${where}: nft 1.0.6 has no flag \`persist\``, { span: table.span }),
    );
  reportUnreadable(spelling, table.flags && 'loses the flags of a table', where, table.span);
  for (const chain of table.chains) {
    const name = `chain \`${chain.name}\` of ${where}`;
    reportUnreadable(spelling, chainProblem(chain), name, chain.span);
  }
  const comments = [table, ...table.chains].filter(({ comment }) => comment !== undefined);
  const [first] = comments;
  if (!first || spelling.form === 'text') return;
  const count = comments.length === 1 ? 'the comment' : `${comments.length} comments`;
  const message = `${where} loses ${count} of its own or of its chains in the JSON of nft 1.0.6`;
  spelling.report(diagnostic('HK4507', message, { span: first.span, severity: 'warning', help }));
}

function chainProblem({ base }: Chain): string | undefined {
  if (base?.offload) return 'loses the flag `offload` of a chain';
  return (base?.devices?.length ?? 0) > 1 ? 'takes one device of a chain only' : undefined;
}

/** Statements that nft 1.0.6 does not know, by the form in which they are written. */
const unknown: Readonly<Record<NftForm, ReadonlySet<string>>> = {
  json: new Set(['map', 'last', 'xt']),
  text: new Set(['last']),
};

/** Why nft 1.0.6 would not take a statement; undefined where it knows it. */
export function unknownStatement(form: NftForm, statement: JsonValue): string | undefined {
  const [key] = isJsonObject(statement) ? Object.keys(statement) : [];
  if (key === undefined || !unknown[form].has(key)) return undefined;
  return form === 'json' && !unknown.text.has(key)
    ? `the JSON of nft 1.0.6 has no statement \`${key}\``
    : `nft 1.0.6 has no statement \`${key}\``;
}
