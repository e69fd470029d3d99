// What formatting must never do: change a token, lose a comment, or find something to do a second time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Newline, Semicolon } from '../../../grammar/tokens.ts';
import { formatPolicy } from '../../../src/core/syntax/format.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import { tokensOf } from '../../../src/core/syntax/tokens.ts';
import { brokenPolicyText, policyText, wordSoup } from '../../arbitrary/policy-text.ts';
import { childrenOf } from '../../support/tree.ts';

function formatted(text: string): string | undefined {
  return formatPolicy({ name: 'any.hook', text }).value;
}

/** The tokens but for line ends, and the comments. */
function content(text: string): { tokens: readonly string[]; comments: readonly string[] } {
  const { tokens, comments } = tokensOf({ name: 'any.hook', text });
  const counted = tokens.filter(({ tokenType }) => tokenType !== Newline && tokenType !== Semicolon);
  return {
    tokens: counted.map(({ image }) => image),
    comments: comments.map(({ image }) => image.trimEnd()),
  };
}

/** The tree as far as it has meaning: without spans. */
function meaning(text: string): string {
  const { file } = parsePolicy({ name: 'any.hook', text });
  return JSON.stringify(file.items, (key, value: unknown) => {
    if (key === 'span') return undefined;
    if (typeof value === 'bigint') return String(value);
    return value instanceof Object && !Array.isArray(value) ? Object.fromEntries(childrenOf(value)) : value;
  });
}

const text = fc.oneof(
  { weight: 6, arbitrary: policyText },
  { weight: 2, arbitrary: brokenPolicyText },
  { weight: 2, arbitrary: wordSoup.map((soup) => `table a { chain b { ${soup} } }`) },
);

test('tokens, comments and meaning stay, and a second time changes nothing', () => {
  fc.assert(
    fc.property(text, (source) => {
      const once = formatted(source);
      if (once === undefined) return;
      expect(content(once)).toEqual(content(source));
      expect(meaning(once)).toBe(meaning(source));
      expect(formatted(once)).toBe(once);
      expect(once).not.toMatch(/[ \t\r]$/m);
    }),
    { numRuns: 2000 },
  );
});
