// How values stand in nft text.
import type { Expression } from '../schema/expression.ts';

/** Constants stand bare, names in quotes; in a concatenation each in its own way. */
export type Style = 'bare' | 'quoted' | readonly Style[];

/** Writes an expression; handed down to what may hold any. */
export type Write = (expression: Expression, style?: Style) => string;
