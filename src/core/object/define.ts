// What a named object of a table is: something that rules refer to by name and share, such as a counter or a helper.
// One definition holds its spelling in the language and in nft JSON.
import type { PacketView } from '../field/view.ts';
import type { Truth } from '../match/define.ts';
import type { Memory, Shared } from '../match/memory.ts';
import type { TermReader } from '../match/reader.ts';
import type { JsonObject } from '../nft/json-value.ts';

export interface ObjectDefinition<Args> {
  /** Its kind in nft, and the words that declare it in the language: `ct helper`. */
  readonly kind: string;
  /** With an example; for the reference page. */
  readonly summary: string;
  /** Takes everything that is said of it, in any order, but its comment; complains where it can't. */
  read(reader: TermReader): Args | undefined;
  /** The lines of its block; a single one stands behind the name instead. */
  write(args: Args): readonly string[];
  /** Whether a rule goes on that asks it. */
  truth?(args: Args, view: PacketView, memory: Memory | undefined, shared: Shared): Truth;
  /** The kernel tracks the connections of its table's family as soon as it is there, without any rule. */
  readonly usesConntrack?: true;
  /** The statement of the registry that does the same without an object, if there is one. */
  alone?(args: Args): { readonly key: string; readonly args: unknown } | undefined;
  readonly nft: {
    /** Its keys beside family, table, name and comment. */
    write(args: Args): JsonObject;
    /** The arguments; undefined where something else is in it, so that nothing is lost. */
    read(body: JsonObject): Args | undefined;
    /** What of it `nft -j` of version 1.0.6 does not take, so that it would mean something else or nothing. */
    unreadable?(args: Args): string | undefined;
  };
}

/** Forgets the type of a definition's arguments, which only its own functions look into. */
export function defineObject<Args>(definition: ObjectDefinition<Args>): ObjectDefinition<unknown> {
  return definition;
}
