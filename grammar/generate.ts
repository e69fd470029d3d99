// Writes the files that are made from the grammar; with `--check`, says which of them are stale and exits with 1.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grammarPage } from './ebnf.ts';
import { textMateGrammar } from './textmate.ts';

const generated: readonly (readonly [string, () => string])[] = [
  ['grammar.md', grammarPage],
  ['hook.tmLanguage.json', () => `${JSON.stringify(textMateGrammar(), null, 2)}\n`],
];

for (const [name, make] of generated) {
  const path = join(import.meta.dirname, name);
  const text = make();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`grammar/${name} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
