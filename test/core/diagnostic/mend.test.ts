// Mending: words of the examples are misspelt, and what is mended means what it meant before.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mend } from '../../../src/core/diagnostic/mend.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { includeInside, rootOf } from '../../../src/host/includes.ts';

const root = join(import.meta.dirname, '../../..');
const examples = globSync('examples/*/policy.hook', { cwd: root }).toSorted();

function check(name: string, text: string) {
  const source = { name, text };
  return loadPolicy(source, 'hook', { include: (path, from) => includeInside(path, from, rootOf(name)) })
    .diagnostics;
}

function mended(name: string, text: string) {
  return mend((texts) => check(name, texts.get(name) ?? text));
}

test('what is right stays as it is', () => {
  for (const example of examples) {
    const name = join(root, example);
    expect(mended(name, readFileSync(name, 'utf8'))).toMatchObject({ texts: new Map(), fixes: [] });
  }
});

test.each(examples)('a misspelt word of %s becomes what it was, or stays', (example) => {
  const name = join(root, example);
  const text = readFileSync(name, 'utf8').replaceAll(/^ *#.*$/gm, '');
  const words = [...text.matchAll(/(?<=^[^"#]*)\b[a-z]{5,}\b/gm)];
  let corrected = 0;
  for (let at = 0; at < words.length; at += Math.ceil(words.length / 40)) {
    const { index, 0: word = '' } = words[at] ?? words[0] ?? { index: 0 };
    const wrong = `${text.slice(0, index + 2)}${text.slice(index + 3)}`;
    const { texts, diagnostics } = mended(name, wrong);
    const found = texts.get(name) ?? wrong;
    expect([wrong, text], `${word} at ${index}`).toContain(found);
    if (found === text) corrected++;
    else expect(diagnostics.length, `${word} at ${index}`).toBe(check(name, wrong).length);
  }
  expect(corrected).toBeGreaterThan(5);
});

test('a fix that leaves its place wrong is not made', () => {
  const text = 'table inet t { chain c hook input priority filter { tcp dport acept } }';
  expect(mended('t.hook', text).texts.size).toBe(0);
});
