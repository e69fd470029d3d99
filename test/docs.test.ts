// The code blocks of the README and the docs are real: policies load, and commands and programs print what the page shows.
// UPDATE_FIXTURES=1 writes down what they print now.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../src/core/load.ts';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
const block = /^```(hook|hook rules|console)\n(.*?)^```$/gms;
const program = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```$/gms;

for (const page of pages) {
  const path = join(root, page);
  const text = readFileSync(path, 'utf8');
  const blocks = [...text.matchAll(block)].map(([, kind = '', body = '']) => ({ kind, body }));
  const programs = [...text.matchAll(program)].map(([, code = '', printed = '']) => ({ code, printed }));
  if (blocks.length + programs.length === 0) continue;
  describe(page, () => {
    for (const { kind, body } of blocks.filter((one) => one.kind !== 'console'))
      test(`${kind}: ${body.split('\n')[0]}`, () => expect(problems(kind, body)).toEqual([]));
    for (const { body } of blocks.filter((one) => one.kind === 'console'))
      test(body.split('\n')[0] ?? '', () => {
        const session = replay(body);
        if (process.env['UPDATE_FIXTURES'] === '1')
          writeFileSync(
            path,
            readFileSync(path, 'utf8').replace(body, () => session),
          );
        else expect(session).toBe(body);
      });
    for (const [index, { code, printed }] of programs.entries())
      test(`program ${index + 1}`, () => expect(runProgram(code)).toBe(printed));
  });
}

/** Errors and warnings of a policy, or of rules that stand alone on the page. */
function problems(kind: string, body: string): readonly string[] {
  const text =
    kind === 'hook' ? body : `table inet filter {\nchain input hook input priority 0 {\n${body}}\n}\n`;
  return loadPolicy({ name: 'block', text }).diagnostics.map((one) => `${one.code} ${one.message}`);
}

/** What a program prints that imports the package by its name. */
function runProgram(code: string): string {
  const source = code.replace("'hookline/nftables-json'", `'${join(root, 'src/core/nft/json.ts')}'`);
  return execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    encoding: 'utf8',
  });
}

/** Runs every `$ hookline …` of a session in the example's folder. */
function replay(body: string): string {
  const commands = body.split('\n').filter((line) => line.startsWith('$ '));
  return commands.map((line) => `${line}\n${run(line.slice(2))}`).join('\n');
}

function run(line: string): string {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  if (words.shift() !== 'hookline') throw new Error(`not a hookline command: ${line}`);
  const cwd = join(root, 'examples/nat-gateway');
  const main = join(root, 'src/cli/main.ts');
  try {
    return execFileSync(process.execPath, [main, ...words], { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    // Commands whose answer is "no" end with 1; what they printed is part of the session.
    if (error instanceof Error && 'stdout' in error && 'status' in error && error.status === 1)
      return String(error.stdout);
    throw error;
  }
}
