// Conntrack entries from a file, standard input or the live kernel, as a stream; broken lines are reported and counted.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { streamConntrack } from '../core/conntrack/dump.ts';
import type { DumpedEntry } from '../core/conntrack/dumped.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { run } from '../host/exec.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';

/** Entries in order. `live` asks `conntrack -L`, `-` is standard input. */
export async function* readEntries(context: Context, path: string): AsyncGenerator<DumpedEntry> {
  for await (const item of streamConntrack(await linesOf(path))) {
    if (item.kind === 'entry') yield item.entry;
    else if (item.kind === 'broken') context.report([item.diagnostic]);
  }
}

async function linesOf(path: string): Promise<AsyncIterable<string>> {
  if (path === 'live') return live();
  const input = path === '-' ? process.stdin : await openFile(path);
  return createInterface({ input, crlfDelay: Infinity });
}

/** Both families: `conntrack -L` alone lists IPv4 only. */
async function* live(): AsyncGenerator<string> {
  for (const family of ['ipv4', 'ipv6']) {
    yield* (await run('conntrack', ['-L', '-f', family, '-o', 'extended'])).split('\n');
  }
}

function openFile(path: string): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    const stream = createReadStream(path);
    stream.once('error', (error) =>
      reject(
        new Failure([
          diagnostic('HK0003', `\`${path}\` can't be read: ${error.message}`, {
            help: '`-` reads standard input',
          }),
        ]),
      ),
    );
    stream.once('readable', () => resolve(stream));
    stream.once('end', () => resolve(stream));
  });
}
