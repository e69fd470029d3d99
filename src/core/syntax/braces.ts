// Balances the braces of a token sequence before it is parsed: reports each `{` without a `}` and each `}` without
// a `{`, where the indentation says that the mistake is, and puts in or leaves out a brace there.
import { createTokenInstance, type IToken } from 'chevrotain';
import { spanOf } from '../../../grammar/term.ts';
import { LeftBrace, Newline, RightBrace } from '../../../grammar/tokens.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';
import { report } from './problems.ts';

/** A sequence in which every brace has its partner. */
export interface Balanced {
  readonly tokens: readonly IToken[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An opening brace and how far the line is indented that it stands in. */
interface Opening {
  readonly brace: IToken;
  readonly indent: number;
}

const maxDepth = 64;

/** Whether every brace has its partner, and the first one that is nested too deeply to be meant. */
export function braceDepth(tokens: readonly IToken[]): {
  readonly balanced: boolean;
  readonly tooDeep?: IToken;
} {
  let balanced = true;
  let depth = 0;
  for (const one of tokens) {
    if (one.tokenType === LeftBrace && ++depth > maxDepth) return { balanced, tooDeep: one };
    if (one.tokenType !== RightBrace) continue;
    if (depth === 0) balanced = false;
    else depth--;
  }
  return { balanced: balanced && depth === 0 };
}

/** Balances by the indentation, or without it where that makes fewer mistakes. */
export function balance(source: Source, tokens: readonly IToken[]): Balanced {
  const plain = walk(source, tokens, false);
  const indented = walk(source, tokens, true);
  return indented.diagnostics.length <= plain.diagnostics.length ? indented : plain;
}

function walk(source: Source, tokens: readonly IToken[], byIndent: boolean): Balanced {
  const output: IToken[] = [];
  const diagnostics: Diagnostic[] = [];
  const open: Opening[] = [];
  let indent = 0;
  const closeMissing = (before: IToken | undefined): void => {
    const last = open.pop();
    if (!last) return;
    const offset = before?.startOffset ?? source.text.length;
    output.push(createTokenInstance(RightBrace, '', offset, offset, 0, 0, 0, 0));
    report(diagnostics, () => neverClosed(source, last.brace, before));
  };
  for (const [at, one] of tokens.entries()) {
    const startsLine = tokens[at - 1]?.tokenType === Newline || at === 0;
    if (startsLine) indent = indentOf(source, one);
    const closes = one.tokenType === RightBrace;
    if (byIndent && startsLine && one.tokenType !== Newline) {
      while ((open.at(-1)?.indent ?? -1) >= indent + (closes ? 1 : 0)) closeMissing(one);
    }
    const partner = open.at(-1);
    if (closes && (!partner || (byIndent && startsLine && partner.indent < indent))) {
      report(diagnostics, () => neverOpened(source, one));
      continue;
    }
    if (closes) open.pop();
    if (one.tokenType === LeftBrace) open.push({ brace: one, indent });
    output.push(one);
  }
  while (open.length > 0) closeMissing(undefined);
  return { tokens: output, diagnostics };
}

/** How many characters stand before the first token of a line. */
function indentOf(source: Source, first: IToken): number {
  return first.startOffset - source.text.lastIndexOf('\n', first.startOffset - 1) - 1;
}

function neverClosed(source: Source, brace: IToken, before: IToken | undefined): Diagnostic {
  const end = { source, start: source.text.length, end: source.text.length };
  return diagnostic('HK1002', 'this `{` is never closed', {
    span: spanOf(source, brace),
    labels: [
      {
        span: before ? spanOf(source, before) : end,
        message: before ? 'its `}` is missing before this' : 'the file ends here',
      },
    ],
    help: 'add the missing `}`',
  });
}

function neverOpened(source: Source, brace: IToken): Diagnostic {
  return diagnostic('HK1003', '`}` without an opening brace', { span: spanOf(source, brace) });
}
