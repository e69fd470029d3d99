// Named objects in the language, and what a table and a chain say about themselves.
import type { Chain, NamedObject, Table } from '../ir/ruleset.ts';
import { quote, writeName } from '../match/quote.ts';
import { findObjectKind } from '../object/registry.ts';

/** `counter web`, `quota monthly over 10 mbytes`; as a block where there is more to say than goes on a line. */
export function writeNamedObject({ kind, name, comment, args }: NamedObject): readonly string[] {
  const lines = findObjectKind(kind)?.write(args) ?? [];
  const head = `${kind} ${writeName(name)}`;
  const [line, ...others] = lines;
  if (comment === undefined && others.length === 0) return [[head, line].filter(Boolean).join(' ')];
  return [`${head} {`, ...writeComment(comment), ...lines, '}'];
}

/** The lines about the table itself. */
export function writeAttributes({ flags = [], comment }: Table): readonly string[] {
  return [...(flags.length > 0 ? [`flags ${flags.join(', ')}`] : []), ...writeComment(comment)];
}

/** The lines of a chain that are no rules. */
export function writeChainLines({ comment, base }: Chain): readonly string[] {
  return [...writeComment(comment), ...(base?.offload ? ['flags offload'] : [])];
}

function writeComment(comment: string | undefined): readonly string[] {
  return comment === undefined ? [] : [`comment ${quote(comment)}`];
}
