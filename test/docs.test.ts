// The code blocks of the README and the docs are real: policies load, and commands and programs print what the page shows.
// UPDATE_FIXTURES=1 writes down what they print now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadPolicy } from '../src/core/load.ts';
import { hookline } from './cli/support/hookline.ts';
import { type Block, blocksOf, filesOf } from './support/page.ts';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
const program = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```$/gms;
const example = join(root, 'examples/nat-gateway');

for (const page of pages) {
  const path = join(root, page);
  const text = readFileSync(path, 'utf8');
  const blocks = blocksOf(text);
  const programs = [...text.matchAll(program)].map(([, code = '', printed = '']) => ({ code, printed }));
  const sessions = blocks.flatMap(({ kind, body }, index) =>
    kind === 'console' ? { title: firstLine(body), body, before: blocks.slice(0, index) } : [],
  );
  const policies = blocks.filter(({ kind, file }) => /^hook\b/.test(kind) && file === undefined);
  if (sessions.length + policies.length + programs.length === 0) continue;
  describe(page, () => {
    for (const { kind, body } of policies)
      test(`${kind}: ${firstLine(body)}`, () => expect(problems(kind, body)).toEqual([]));
    test.each(sessions)('$title', ({ body, before }) => {
      const session = replay(body, folderAt(before));
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

function firstLine(text: string): string {
  return text.split('\n', 1).join();
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

/** The folder for commands: one with the files that the page has written so far, or that of the example. */
function folderAt(blocks: readonly Block[]): string {
  const files = Object.entries(filesOf(blocks));
  if (files.length === 0) return example;
  const folder = mkdtempSync(join(tmpdir(), 'hookline-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return folder;
}

/** Runs every `$ hookline …` of a session. */
function replay(body: string, folder: string): string {
  const commands = body.split('\n').filter((line) => line.startsWith('$ '));
  return commands.map((line) => `${line}\n${run(line.slice(2), folder)}`).join('\n');
}

/** All that a command prints. It may say no (1) or refuse (2), but not crash. */
function run(line: string, cwd: string): string {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  if (words.shift() !== 'hookline') throw new Error(`not a hookline command: ${line}`);
  const { status, stdout, stderr } = hookline(words, { cwd });
  if (status === null || status > 2 || stderr.includes('HK0099')) throw new Error(stderr);
  return stdout + stderr;
}
