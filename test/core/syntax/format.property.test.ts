// What formatting must never do: change a token, lose a comment, or find something to do a second time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Newline, Semicolon } from '../../../grammar/tokens.ts';
import { formatPolicy } from '../../../src/core/syntax/format.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import { tokensOf } from '../../../src/core/syntax/tokens.ts';
import { brokenPolicyText, policyText, wordSoup } from '../../arbitrary/policy-text.ts';
import { examplePolicies, exampleSource } from '../../support/example-policies.ts';
import { blocksOf } from '../../support/page.ts';
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

/** What formatting must keep; a text with syntax errors it leaves alone. */
function expectKept(source: string): void {
  const once = formatted(source);
  if (once === undefined) return;
  expect(content(once)).toEqual(content(source));
  expect(meaning(once)).toBe(meaning(source));
  expect(formatted(once)).toBe(once);
  expect(once).not.toMatch(/[ \t\r]$/m);
}

test('tokens, comments and meaning stay, and a second time changes nothing', () => {
  fc.assert(fc.property(text, expectKept), { numRuns: 2000 });
});

/** Comments behind something, on a line of their own, and several. */
const remarks = [' # a\n', '\n# a\n', ' # a\n\n# b\n'];

/** Each declaration of a policy as a policy of its own. */
function declarationsOf(policy: string): readonly string[] {
  const { file } = parsePolicy({ name: 'any.hook', text: policy });
  return file.items.map(({ span }) => `${policy.slice(span.start, span.end)}\n`);
}

function manualPolicies(): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/language.md'), 'utf8');
  return blocksOf(page).flatMap(({ kind, body }) => (kind === 'hook' ? [body] : []));
}

const policies: readonly (readonly [string, readonly string[]])[] = [
  ...examplePolicies.map((path) => [`examples/${path}`, [exampleSource(path).text]] as const),
  ['docs/language.md', manualPolicies()],
];

test.each(policies)('a comment between any two words stays: %s', (_, texts) => {
  for (const one of new Set(texts.flatMap(declarationsOf))) {
    const { tokens } = tokensOf({ name: 'any.hook', text: one });
    const places = [0, ...tokens.map(({ startOffset, image }) => startOffset + image.length)];
    for (const [index, at] of places.entries())
      expectKept(one.slice(0, at) + remarks[index % remarks.length] + one.slice(at));
  }
});
