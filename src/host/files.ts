// Reading and writing files: a problem is a diagnostic, and a result is there completely or not at all.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Diagnostic, diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import type { Source } from '../core/text/source.ts';

/** Larger texts are refused. */
const maximumBytes = 64 * 1024 * 1024;

/** Reads a text file, or standard input for `-`. */
export async function readSource(path: string): Promise<Outcome<Source>> {
  if (path === '-') return decode('<stdin>', await readStandardInput());
  try {
    const { size } = await fileInfo(path);
    if (size > maximumBytes) return failed(tooLarge(path, size));
    return decode(path, await readFile(path));
  } catch (error) {
    return failed(readProblem(path, error));
  }
}

async function fileInfo(path: string) {
  const info = await stat(path);
  if (info.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  return info;
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maximumBytes) break;
  }
  return Buffer.concat(chunks);
}

function decode(name: string, bytes: Buffer): Outcome<Source> {
  if (bytes.length > maximumBytes) return failed(tooLarge(name, bytes.length));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const source = { name, text };
    return text.includes('\0')
      ? failed(notText(source, text.indexOf('\0')))
      : { value: source, diagnostics: [] };
  } catch {
    const text = bytes.toString('latin1');
    return failed(notText({ name, text }, 0));
  }
}

function failed(problem: Diagnostic): Outcome<Source> {
  return { value: undefined, diagnostics: [problem] };
}

function notText(source: Source, at: number): Diagnostic {
  const span = { source: { name: source.name, text: '' }, start: at, end: at };
  return diagnostic('HK0004', `\`${source.name}\` is not UTF-8 text`, {
    span,
    help: 'name a policy, or a dump of `iptables-save` or `nft -j list ruleset`',
  });
}

function tooLarge(name: string, bytes: number): Diagnostic {
  const size = `${Math.round(bytes / 1024 / 1024)} MiB`;
  return diagnostic('HK0005', `\`${name}\` has ${size}, and the most that is read is 64 MiB`, {
    help: 'is this the right file?',
  });
}

function readProblem(path: string, error: unknown): Diagnostic {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return diagnostic('HK0001', `there is no file \`${path}\``, {
        help: 'check the path; `-` reads standard input',
      });
    case 'EISDIR':
      return diagnostic('HK0002', `\`${path}\` is a directory`, { help: 'name one file' });
    default:
      return diagnostic('HK0003', `\`${path}\` can't be read: ${messageOf(error)}`, {
        help: 'check its permissions',
      });
  }
}

/** Writes beside the destination, syncs and renames: the file holds the old text or the whole new one. */
export async function writeWhole(path: string, text: string): Promise<Diagnostic | undefined> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeSynced(beside, text);
    await rename(beside, path);
    return undefined;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    return diagnostic('HK0007', `\`${path}\` can't be written: ${messageOf(error)}`, {
      help: 'check that its folder exists and may be written to',
    });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder for results if it isn't there. */
export async function makeFolder(path: string): Promise<Diagnostic | undefined> {
  try {
    await mkdir(path, { recursive: true });
    return undefined;
  } catch (error) {
    return diagnostic('HK0007', `the folder \`${path}\` can't be made: ${messageOf(error)}`);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
