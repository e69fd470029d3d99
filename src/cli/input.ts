// What the arguments of one run name: texts and streams of lines. Standard input is there once.
import { StringDecoder } from 'node:string_decoder';
import { diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import { writeSnapshot } from '../core/snapshot/snapshot.ts';
import type { Source } from '../core/text/source.ts';
import { openBytes, readProblem, readSource } from '../host/files.ts';
import { readLive } from '../host/snapshot/read.ts';
import { Failure, wrongUsage } from './failure.ts';

/** Reads what arguments name; `-` is standard input, `live` this machine. */
export interface Input {
  /** A whole text. */
  readonly read: (path: string) => Promise<Outcome<Source>>;
  /** The bytes of a file of any size, in parts. Throws a {@link Failure}. */
  readonly bytes: (path: string) => AsyncIterable<Uint8Array>;
  /** The lines of a text of any size, without their ends. Throws a {@link Failure}. */
  readonly lines: (path: string) => AsyncIterable<string>;
}

/** The word for this machine as it is now; a file of that name is `./live`. */
export const live = 'live';

/** This machine, as the text of a snapshot that nobody wrote down. */
async function readMachine(): Promise<Outcome<Source>> {
  return { value: { name: live, text: writeSnapshot(await readLive()) }, diagnostics: [] };
}

/** The input of one run. */
export function openInput(): Input {
  let taken = false;
  const claim = (path: string) => {
    if (path === '-' && taken)
      throw wrongUsage('two arguments are `-`', 'standard input can be read once: name a file for the other');
    taken ||= path === '-';
    return path;
  };
  return {
    read: (path) => (path === live ? readMachine() : readSource(claim(path))),
    bytes: (path) => bytesOf(claim(path)),
    lines: (path) => readLines(claim(path)),
  };
}

/** No line that any tool prints is longer. */
const maximumLine = 2 ** 20;

async function* readLines(path: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const bytes of bytesOf(path)) {
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maximumLine) throw new Failure([notLines(path)]);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* openBytes(path);
  } catch (error) {
    throw new Failure([readProblem(nameOf(path), error)]);
  }
}

function notLines(path: string) {
  return diagnostic('HK0004', `\`${nameOf(path)}\` has a line of more than 1 MiB`, {
    help: 'it is no listing: is this the right file?',
  });
}

function nameOf(path: string): string {
  return path === '-' ? '<stdin>' : path;
}
