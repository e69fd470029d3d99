// Named objects in libnftables JSON, both ways.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { NamedObject, Table } from '../ir/ruleset.ts';
import { findObjectKind } from '../object/registry.ts';
import type { Span } from '../text/source.ts';
import { reportUnreadable } from './json-gaps.ts';
import type { JsonObject } from './json-value.ts';
import { checkComment } from './limits.ts';
import type { Spelling } from './spell.ts';

/** The object, `{ "counter": { … } }`. */
export function spellNamed(object: NamedObject, table: Table, spelling: Spelling): JsonObject {
  const { kind, name, comment, span } = object;
  const where = `${kind} \`${name}\``;
  const problem = comment === undefined ? undefined : checkComment(spelling.form, comment, where, span);
  if (problem) spelling.report(problem);
  const definition = findObjectKind(kind);
  if (!definition)
    spelling.report(diagnostic('HK4501', `nft has no objects of the kind \`${kind}\``, { span }));
  reportUnreadable(spelling, definition?.nft.unreadable?.(object.args), where, span);
  return { [kind]: bodyOf(object, table) };
}

/** The object as nft would list it. */
export function bodyOf(
  { kind, name, comment, args }: NamedObject,
  { family, name: table }: Table,
): JsonObject {
  return {
    family,
    table,
    name,
    ...(comment !== undefined && { comment }),
    ...findObjectKind(kind)?.nft.write(args),
  };
}

/** What an object of a listing is; undefined where its definition does not understand all of it. */
export function readNamed(kind: string, json: JsonObject, span: Span | undefined): NamedObject | undefined {
  const { family: _family, table: _table, handle: _handle, name, comment, ...body } = json;
  const args = findObjectKind(kind)?.nft.read(body);
  if (args === undefined || typeof name !== 'string') return undefined;
  if (comment !== undefined && typeof comment !== 'string') return undefined;
  return { kind, name, args, ...(comment !== undefined && { comment }), ...(span && { span }) };
}
