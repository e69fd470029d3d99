// What the elements of a set have of their own, as statements of nft JSON.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Part } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { isJson, isJsonObject, type JsonObject } from './json-value.ts';
import { stateful } from './schema/stateful.ts';
import type { Spelling } from './spell.ts';
import { wordingOf } from './wording.ts';

/** The statement; a report and nothing where nft has none. */
export function spellStateful(
  part: Part,
  where: string,
  { report }: Pick<Spelling, 'report'>,
): readonly JsonObject[] {
  const json = statementOf(part);
  if (json) return [json];
  const text = part.kind === 'opaque' ? part.text : part.key;
  report(
    diagnostic('HK4501', `${where} has \`${text}\` for its elements, which nft cannot say`, {
      span: part.span,
    }),
  );
  return [];
}

function statementOf(part: Part): JsonObject | undefined {
  if (part.kind === 'opaque')
    return isJson(part.content) && isJsonObject(part.content) ? part.content : undefined;
  const wording = wordingOf(part);
  if (wording !== undefined) return isJsonObject(wording) ? wording : undefined;
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  const spelled = definition?.nft.write(part.args);
  return spelled && 'statement' in spelled && isJsonObject(spelled.statement) ? spelled.statement : undefined;
}

/** Whether a part is one of those that an element may have. */
export function isStateful(part: Part): boolean {
  const json = statementOf(part);
  return json !== undefined && Object.keys(json).every((key) => Object.hasOwn(stateful, key));
}
