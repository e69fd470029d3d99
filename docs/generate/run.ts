// Writes the files that are made from the grammar, the registries and the fixtures; with `--check`, says which of them
// are stale and exits with 1.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grammarPage } from '../../grammar/ebnf.ts';
import { textMateGrammar } from '../../grammar/textmate.ts';
import { outputs } from '../../src/cli/schema/outputs.ts';
import { agnosticKeys } from '../../src/core/check/agnostic.ts';
import { matchNames } from '../../src/core/match/registry.ts';
import { statementNames } from '../../src/core/statement/registry.ts';
import { devicesPage } from './devices-page.ts';
import { lintPage } from './lint-page.ts';
import { matchesPage } from './matches-page.ts';
import { nftablesJsonSchema } from './nftables-schema.ts';
import { reportSchema } from './report-schema.ts';

const keys = { matches: [...agnosticKeys.keys(), ...matchNames], statements: statementNames };

const generated: readonly (readonly [string, () => string])[] = [
  ['grammar/grammar.md', grammarPage],
  ['grammar/hook.tmLanguage.json', () => `${JSON.stringify(textMateGrammar(keys), null, 2)}\n`],
  ['docs/matches.md', matchesPage],
  ['docs/devices.md', devicesPage],
  ['docs/lint.md', lintPage],
  ['docs/schema/nftables-json.schema.json', nftablesJsonSchema],
  ...Object.entries(outputs).map(
    ([name, output]) =>
      [`docs/schema/${name}.schema.json`, () => reportSchema(output, name)] satisfies readonly [
        string,
        () => string,
      ],
  ),
];

for (const [name, make] of generated) {
  const path = join(import.meta.dirname, '../..', name);
  const text = make();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
