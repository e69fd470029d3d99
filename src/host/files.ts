// Reading files and standard input: a problem is a diagnostic, and however much there is, little memory is used for it.
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type Diagnostic, diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import type { Source } from '../core/text/source.ts';

/** Larger texts are refused. */
export const maximumBytes = 64 * 2 ** 20;

/** The bytes of a file, or of standard input for `-`, as they come; a pipe or a device is as good as a file. */
export function openBytes(path: string): AsyncIterable<Buffer> {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 2 ** 20 });
}

/** Reads a text, at most 64 MiB of it. */
export async function readSource(path: string): Promise<Outcome<Source>> {
  const name = path === '-' ? '<stdin>' : path;
  try {
    const bytes = await readLimited(path);
    if (!bytes) return tooLarge(name);
    return isPacked(bytes) ? decodePacked(name, bytes) : decode(name, bytes);
  } catch (error) {
    return failed(readProblem(name, error));
  }
}

async function readLimited(path: string): Promise<Buffer | undefined> {
  if (path !== '-' && (await stat(path)).size > maximumBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of openBytes(path)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maximumBytes) return undefined;
  }
  return Buffer.concat(chunks, size);
}

/** Texts that unpack to more are refused: a few bytes can stand for any number of them. */
const maximumUnpacked = 256 * 2 ** 20;

/** Whether bytes are packed with gzip (RFC 1952). */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The text of bytes that gzip packed; never unpacks more than 256 MiB. */
export function decodePacked(name: string, bytes: Uint8Array): Outcome<Source> {
  try {
    return decode(name, gunzipSync(bytes, { maxOutputLength: maximumUnpacked }));
  } catch (error) {
    const isTooLarge = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    const problem = isTooLarge
      ? 'unpacks to more than 256 MiB'
      : "can't be unpacked: it is damaged or cut off";
    return failed(
      diagnostic(isTooLarge ? 'HK0005' : 'HK0004', `\`${name}\` ${problem}`, {
        help: 'is this the right file?',
      }),
    );
  }
}

/** The text of bytes, which must be UTF-8 without NUL. */
export function decode(name: string, bytes: Buffer): Outcome<Source> {
  const source = { name, text: new TextDecoder().decode(bytes) };
  const odd = source.text.search(/[\0\u{fffd}]/u);
  if (odd === -1 || (source.text[odd] !== '\0' && isUtf8(bytes))) return { value: source, diagnostics: [] };
  return failed(
    diagnostic('HK0004', `\`${name}\` is not UTF-8 text`, {
      span: { source, start: odd, end: odd + 1 },
      help: 'is this the right file? what is packed, or in UTF-16, becomes UTF-8 text first',
    }),
  );
}

function failed(problem: Diagnostic): Outcome<Source> {
  return { value: undefined, diagnostics: [problem] };
}

/** The problem of a text that is too large. */
export function tooLarge(name: string): Outcome<Source> {
  return failed(
    diagnostic('HK0005', `\`${name}\` is larger than 64 MiB`, {
      help: 'no rule set is: is this the right file?',
    }),
  );
}

/** Why a file could not be opened or read, from the error that Node gave. */
export function readProblem(name: string, error: unknown): Diagnostic {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return diagnostic('HK0001', `there is no file \`${name}\``, {
      help: 'check the path; `-` reads standard input',
    });
  if (code === 'EISDIR')
    return diagnostic('HK0002', `\`${name}\` is a directory`, { help: 'name a file in it' });
  return diagnostic('HK0003', `\`${name}\` can't be read: ${reasonOf(error)}`, {
    help: 'check its permissions; `-` reads standard input',
  });
}

/** The code of a system error such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** What Node says of a system error, without its code, the system call and the path. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z0-9]+: (.*?), \w+/.exec(message)?.[1] ?? message;
}
