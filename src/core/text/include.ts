// What an `include` names: found by whoever reads files, used by whoever reads texts.
import type { Source } from './source.ts';

/** The texts that an `include` names, in their order, or why there are none. */
export type Included = { readonly sources: readonly Source[] } | { readonly problem: string };

/** Finds what an `include` in a text names. Sources of the same name are the same file. */
export type Include = (path: string, from: Source) => Included;
