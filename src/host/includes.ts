// The files that an `include` names, of nft text and of policies.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Included } from '../core/text/include.ts';
import type { Source } from '../core/text/source.ts';
import { decode, maximumBytes, readProblem, tooLarge } from './files.ts';

/** Where nft looks last (nftables: DEFAULT_INCLUDE_PATH). */
const defaultFolder = '/etc';

/**
 * Finds what an include names where nft does (src/scanner.l: scanner_include_file): paths that begin with `/`, `./` or
 * `../` from the working directory, others in the folders of `-I` and in /etc. What is not there is looked for beside
 * the file that includes it, as later versions do. A pattern without a match names nothing; directories are passed over.
 */
export function includeFrom(path: string, from: Source, folders: readonly string[]): Included {
  const beside = dirname(from.name);
  const searched = /^\.{0,2}\//.test(path) ? ['', beside] : [...folders, beside, defaultFolder];
  const bases = isAbsolute(path) ? [''] : searched;
  for (const base of bases) {
    const found = expand(join(base, path));
    if (found.length > 0) return readAll(found.filter((one) => statOf(one)?.isDirectory() === false));
  }
  return isPattern(path) ? { sources: [] } : { problem: `there is no file \`${path}\`` };
}

/**
 * Finds what an `include` of a policy names: always from the folder of the file that includes it, and nothing outside of
 * `root`. A pattern without a match names nothing.
 */
export function includeInside(path: string, from: Source, root: string): Included {
  const target = isAbsolute(path) ? path : join(dirname(from.name), path);
  if (!isInside(target, root)) return { problem: `\`${path}\` leads out of \`${root}\`` };
  const found = expand(target).filter((one) => statOf(one)?.isDirectory() === false);
  return found.length > 0 || isPattern(path) ? readAll(found) : { problem: `there is no file \`${path}\`` };
}

/** The folder that a policy's includes stay in: the working directory, or that of a policy elsewhere. */
export function rootOf(name: string): string {
  return isInside(name, '.') ? '.' : dirname(name);
}

function isInside(path: string, folder: string): boolean {
  return !relative(resolve(folder), resolve(path)).startsWith('..');
}

function readAll(paths: readonly string[]): Included {
  const sources: Source[] = [];
  for (const path of paths) {
    const read = readText(path);
    if (read.value) sources.push(read.value);
    else if (read.diagnostics[0]) return { problem: read.diagnostics[0].message };
  }
  return { sources };
}

function readText(path: string) {
  try {
    const { size } = statSync(path);
    return size > maximumBytes ? tooLarge(path) : decode(path, readFileSync(path));
  } catch (error) {
    return { value: undefined, diagnostics: [readProblem(path, error)] };
  }
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The paths that a pattern names, sorted; that of a file itself if it is there. */
function expand(pattern: string): readonly string[] {
  const [first = '', ...segments] = pattern.split('/');
  const start = first === '' ? [''] : expandSegment([], first);
  return segments
    .reduce<readonly string[]>((found, segment) => expandSegment(found, segment), start)
    .toSorted();
}

/** Each folder with the entries that a segment names; no folder stands for the working directory. */
function expandSegment(folders: readonly string[], segment: string): readonly string[] {
  const isRelative = folders.length === 0;
  const prefixes = isRelative ? [''] : folders.map((folder) => `${folder}/`);
  return prefixes.flatMap((prefix) =>
    (isPattern(segment) ? namesIn(prefix === '' ? '.' : prefix, segment) : [segment])
      .map((name) => `${prefix}${name}`)
      .filter((path) => statOf(path) !== undefined),
  );
}

/** Entries of a folder; names that begin with a dot are for patterns that do. */
function namesIn(folder: string, pattern: string): readonly string[] {
  const expression = new RegExp(
    `^${[...pattern.matchAll(/\[!?\]?[^\]]*\]|[\s\S]/g)].map(asExpression).join('')}$`,
  );
  try {
    return readdirSync(folder).filter(
      (name) => expression.test(name) && (!name.startsWith('.') || pattern.startsWith('.')),
    );
  } catch {
    return [];
  }
}

function asExpression([piece]: RegExpMatchArray): string {
  if (piece === '*') return '.*';
  if (piece === '?') return '.';
  if (piece.length > 1) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return piece.replace(/[\\^$.|+(){}[\]]/, '\\$&');
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
