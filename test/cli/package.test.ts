// What users get: the tarball, built from clean, installed into an empty folder, as a command and as a typed library.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from './support/hookline.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookline-package-'));
const consumer = join(folder, 'consumer');
let packed: readonly string[] = [];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, program: string, args: readonly string[], path = process.env['PATH']): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PATH: path },
  });
}

/** A copy of what is built, so that nothing built before is in it, and this checkout stays as it is. */
function copySources(): string {
  const copy = join(folder, 'sources');
  mkdirSync(copy);
  const parts = [
    'src',
    'grammar',
    'package.json',
    'tsconfig.base.json',
    'LICENSE',
    'CHANGELOG.md',
    'docs/schema',
    'README.md',
  ];
  for (const part of parts.filter((one) => existsSync(join(repository, one))))
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

beforeAll(() => {
  const [tarball] = JSON.parse(run(copySources(), 'npm', ['pack', '--json', '--pack-destination', folder]));
  packed = tarball.files.map(({ path }: { path: string }) => path);
  mkdirSync(consumer);
  writeFileSync(
    join(consumer, 'package.json'),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  run(consumer, 'npm', [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    join(folder, tarball.filename),
  ]);
}, 300_000);

describe('the tarball', () => {
  test('has what is needed', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'package.json',
        'LICENSE',
        'CHANGELOG.md',
        'grammar/grammar.md',
        'grammar/hook.tmLanguage.json',
        'dist/src/cli/main.js',
        'dist/src/core/index.js',
        'dist/src/core/index.d.ts',
        'dist/src/core/nft/json.d.ts',
        'dist/grammar/parser.js',
      ]),
    );
  });

  test('has nothing else', () => {
    const wanted =
      /^dist\/(src|grammar)\/.*\.(js|d\.ts)$|^grammar\/[^/]*\.(md|tmLanguage\.json)$|^docs\/schema\/[^/]*\.json$|^(package\.json|LICENSE|(CHANGELOG|README)\.md)$/;
    expect(packed.filter((path) => !wanted.test(path))).toEqual([]);
  });
});

/** Where programs are that are not this repository's: a machine's own Node may be older than the one pinned here. */
const systemPath = '/usr/local/bin:/usr/bin:/bin';

describe('the installed command', () => {
  test.each([
    ['the pinned Node', undefined],
    ["the machine's own Node", systemPath],
  ])('runs on %s', (_, path) => {
    expect(run(consumer, 'npx', ['hookline', '--help'], path)).toMatch(/^Usage: hookline/);
    writeFileSync(
      join(consumer, 'policy.hook'),
      'table inet filter {\n  chain input hook input priority 0 { accept }\n}\n',
    );
    expect(run(consumer, 'npx', ['hookline', 'check', 'policy.hook'], path)).toBe('policy.hook: valid\n');
    expect(run(consumer, 'npx', ['hookline', 'compile', 'policy.hook', '--to', 'nft'], path)).toContain(
      'hook input',
    );
    const lab = spawnSync('npx', ['hookline', 'lab', 'list', '--json'], inConsumer(path));
    expect(lab.stderr).not.toContain('HK0099');
    const live = spawnSync(
      'npx',
      ['hookline', 'conntrack', 'check', 'policy.hook', 'live'],
      inConsumer(path),
    );
    expect(live.stderr).not.toContain('HK0099');
    expect(live.stdout + live.stderr).toMatch(/connections: \d+ admitted|HK0012/);
  });

  test('runs on the oldest Node that `engines` names, and says so on an older one', () => {
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
    const main = join(consumer, 'node_modules/hookline/dist/src/cli/main.js');
    const as = (version: string) => spawnSync(process.execPath, [...pretending(version), main, '--version']);
    expect(as(`${major}.${minor}.0`).status).toBe(0);
    const { status, stderr } = as(`${major}.${Number(minor) - 1}.9`);
    expect(status).toBe(2);
    expect(stderr.toString()).toBe(
      `error: hookline needs Node ${major}.${minor} or newer, and this is ${process.version}\n`,
    );
  });
});

/** Words for Node with which it says that it is another version. */
function pretending(version: string): readonly string[] {
  const lie = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return ['--import', `data:text/javascript,${encodeURIComponent(lie)}`];
}

/** How a program is run where the package is installed. */
function inConsumer(path = process.env['PATH']) {
  return { cwd: consumer, encoding: 'utf8', env: { ...process.env, PATH: path } } as const;
}

/** Checks a program of a user's under the strictest types, and runs it. */
function useLibrary(...source: readonly string[]): string {
  writeFileSync(join(consumer, 'use.mts'), source.join('\n'));
  const options = '--noEmit --strict --module nodenext --target es2023 --lib es2023,dom --types'.split(' ');
  run(consumer, join(repository, 'node_modules/.bin/tsc'), [...options, '', 'use.mts']);
  return run(consumer, process.execPath, ['use.mts']);
}

test('the library and its types', () => {
  const printed = useLibrary(
    "import { loadPolicy, compile, type Policy } from 'hookline';",
    "const { value } = loadPolicy({ name: 'x', text: 'table inet filter {\\n  chain input { accept }\\n}\\n' });",
    'const policy: Policy | undefined = value;',
    "console.log(policy && compile(policy.ruleSet, 'nft').value);",
    '// @ts-expect-error There is no such back end.',
    "export const refused = (other: Policy) => compile(other.ruleSet, 'pf');",
  );
  expect(printed).toContain('table inet filter');
});

test('the types, the validator and the schema of nft JSON', () => {
  const printed = useLibrary(
    "import { readNftables, writeNftables, type Ruleset, type Statement } from 'hookline/nftables-json';",
    "import schema from 'hookline/nftables-json.schema.json' with { type: 'json' };",
    "const ssh: Statement = { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 22 } };",
    '// @ts-expect-error There is no such operator.',
    "export const refused: Statement = { match: { op: '~', left: 'a', right: 'b' } };",
    "const rule = { family: 'inet', table: 't', chain: 'c', expr: [ssh, { accept: null }] } as const;",
    'const document: Ruleset = { nftables: [{ add: { rule } }] };',
    'const read = readNftables(writeNftables(document));',
    "if (!read.success) throw new Error(read.problems.map(({ message }) => message).join(', '));",
    'for (const item of read.document.nftables)',
    "  if ('add' in item && 'rule' in item.add)",
    "    for (const statement of item.add.rule.expr ?? []) if ('match' in statement) console.log(statement.match.right);",
    'console.log(schema.title);',
  );
  expect(printed).toBe('22\nlibnftables JSON\n');
});
