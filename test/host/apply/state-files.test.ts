// HK0032: nobody else can lead what is noted of changes astray, by links, by files of their own, by what they write.
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ApplyError } from '../../../src/host/apply/error.ts';
import { readGeneration } from '../../../src/host/apply/generation.ts';
import { currentAt, pendingAt } from '../../../src/host/apply/journal.ts';
import {
  hasOwnFolder,
  openLockFile,
  ownFolder,
  readState,
  writeState,
  writeStateOnce,
} from '../../../src/host/apply/state-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const at = (name: string) => join(folder, name);
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('files', () => {
  test('are for their owner alone, whatever the umask', () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    ownFolder(at('state'));
    writeState(at('state/one'), 'text');
    expect([modeOf(at('state')), modeOf(at('state/one'))]).toEqual([0o700, 0o600]);
    expect(readState(at('state/one'), 100)).toBe('text');
  });

  test('what a link leads to is neither read nor written', () => {
    writeFileSync(at('victim'), 'secret', { mode: 0o600 });
    symlinkSync(at('victim'), at('link'));
    expect(() => readState(at('link'), 100)).toThrow(/symbolic link/);
    expect(() => openLockFile(at('link'))).toThrow(/symbolic link/);
    writeState(at('link'), 'new');
    expect(readFileSync(at('victim'), 'utf8')).toBe('secret');
    expect(readState(at('link'), 100)).toBe('new');
  });

  test.each([0o644, 0o660, 0o602])('a file of mode %o is not read', (mode) => {
    writeFileSync(at('file'), '{}');
    chmodSync(at('file'), mode);
    expect(() => readState(at('file'), 100)).toThrow(/other users may read or change it/);
  });

  test('neither a folder nor a large file is read', () => {
    mkdirSync(at('folder'), { mode: 0o700 });
    expect(() => readState(at('folder'), 100)).toThrow(ApplyError);
    writeState(at('large'), 'x'.repeat(101));
    expect(() => readState(at('large'), 100)).toThrow(/larger than 100 bytes/);
  });

  test('of several that write a file once, one succeeds', () => {
    expect([writeStateOnce(at('once'), 'a'), writeStateOnce(at('once'), 'b')]).toEqual([true, false]);
    expect(readState(at('once'), 10)).toBe('a');
  });

  test('no draft is left', () => {
    writeState(at('one'), 'a');
    writeStateOnce(at('one'), 'b');
    linkSync(at('one'), at('two'));
    expect(existsSync(at('.one'))).toBe(false);
  });
});

describe('folders', () => {
  test('a link is no folder', () => {
    mkdirSync(at('real'), { mode: 0o700 });
    symlinkSync(at('real'), at('state'));
    expect(() => ownFolder(at('state'))).toThrow(/symbolic link/);
    expect(() => hasOwnFolder(at('state'))).toThrow(/symbolic link/);
  });

  test('one that others may change is not trusted, nor what is below it', () => {
    mkdirSync(at('open'));
    chmodSync(at('open'), 0o777);
    expect(() => ownFolder(at('open'))).toThrow(/other users/);
    expect(() => ownFolder(at('open/state'))).toThrow(/other users may rename/);
  });

  test.runIf(process.geteuid?.() === 0)('one of another user is not trusted', async () => {
    const { chownSync } = await import('node:fs');
    mkdirSync(at('theirs'), { mode: 0o700 });
    chownSync(at('theirs'), 65534, 65534);
    expect(() => ownFolder(at('theirs'))).toThrow(/another user/);
    expect(() => ownFolder(at('theirs/state'))).toThrow(/another user/);
  });
});

const site = () => ({ folder });

function write(text: string): void {
  for (const path of [at('generations'), at('generations/1')])
    mkdirSync(path, { mode: 0o700, recursive: true });
  writeFileSync(at('generations/1/meta.json'), text, { mode: 0o600 });
}

describe('contents', () => {
  const meta = {
    schema: 'hookline.generation/1',
    number: 1,
    id: 'generation_1_0123456789ab',
    at: '2030-01-01T00:00:00.000Z',
    user: 'root',
    command: ['apply'],
    loader: 'nft',
    source: { name: 'policy.hook', sha256: '0'.repeat(64) },
    compiled: '0'.repeat(64),
    tables: [{ family: 'inet', name: 'filter' }],
    sets: [],
    forced: [],
  };

  test('what hookline writes is read', () => {
    write(JSON.stringify(meta));
    expect(readGeneration(site(), 1)).toMatchObject({ number: 1, events: {} });
  });

  test.each([
    ['no JSON', 'no JSON'],
    ['a prefix', JSON.stringify(meta).slice(0, 100)],
    ['deep', '['.repeat(100_000)],
    ['an escape sequence', JSON.stringify({ ...meta, user: '\u001b[2J' })],
    ['a turn of direction', JSON.stringify({ ...meta, user: 'a\u202eb' })],
    ['another loader', JSON.stringify({ ...meta, loader: 'sh' })],
    ['another number', JSON.stringify({ ...meta, number: 2 })],
    ['an id with words', JSON.stringify({ ...meta, id: 'generation_1_0; flush ruleset' })],
    ['a key of the prototype', `{"__proto__": {"number": 1}, ${JSON.stringify(meta).slice(1)}`],
  ])('%s is refused', (_, text) => {
    write(text);
    expect(() => readGeneration(site(), 1)).toThrow(/does not say what hookline writes there/);
  });

  test.each(['{"number":-1}', '{"number":"1"}', '', 'null'])('current.json: %s', (text) => {
    writeFileSync(at('current.json'), text, { mode: 0o600 });
    expect(() => currentAt(site())).toThrow(ApplyError);
  });

  test('pending.json: another deed', () => {
    writeFileSync(at('pending.json'), '{"number":1,"does":"flush","by":"x"}', { mode: 0o600 });
    expect(() => pendingAt(site())).toThrow(ApplyError);
  });
});
