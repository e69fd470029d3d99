// The generated files are those that the grammar makes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { grammarPage } from '../../grammar/ebnf.ts';
import { textMateGrammar } from '../../grammar/textmate.ts';
import { keywords } from '../../grammar/tokens.ts';

function committed(name: string): string {
  return readFileSync(new URL(`../../grammar/${name}`, import.meta.url), 'utf8');
}

test('the page is fresh', () => {
  expect(committed('grammar.md')).toBe(grammarPage());
});

test('the page shows the rules with their keywords', () => {
  const page = grammarPage();
  expect(page).toContain(
    "table ::= 'table' Identifier Identifier? '{' ( End | chain | set | map | let | raw | object | attribute )* '}'",
  );
  expect(page).toContain("braces ::= '{' ( ',' | Newline | element )* '}'");
});

test('the editor grammar has every keyword, and patterns that are regular expressions', () => {
  const keys = { matches: ['tcp dport', 'ct state'], statements: ['accept', 'ct mark set'] };
  const { patterns } = textMateGrammar(keys);
  const matches = (text: string): readonly string[] =>
    patterns.filter(({ match }) => new RegExp(`^(?:${match})$`, 'u').test(text)).map(({ name }) => name);
  for (const { name } of [...keywords.declaration, ...keywords.clause]) {
    expect(matches(name.toLowerCase()).join()).toContain('keyword.');
  }
  expect(matches('"a [b] é"')).toContain('string.quoted.double.hookline');
  expect(matches('tcp  dport')).toEqual(['support.function.match.hookline']);
  expect(matches('ct mark set')).toEqual(['keyword.control.statement.hookline']);
  expect(matches('10.0.0.1')).toContain('constant.numeric.ipv4.hookline');
});
