// Conntrack entries from a file, standard input or the live kernel, as a stream; broken lines are reported and passed over.
import { streamConntrack } from '../core/conntrack/dump.ts';
import { resolveExpectations } from '../core/conntrack/dump-expectation.ts';
import type { DumpedEntry, DumpedExpectation } from '../core/conntrack/dumped.ts';
import { type ConntrackTable, conntrackTable } from '../core/conntrack/table.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { run } from '../host/exec.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';

/** So many broken lines are shown one by one. */
const shown = 10;

/**
 * Entries in order. `live` asks `conntrack -L`, `-` is standard input. Lines of which none is an entry end the command;
 * `broken` hears at the end how many were none.
 */
export async function* readEntries(
  context: Context,
  path: string,
  broken: (lines: number) => void = () => {},
): AsyncGenerator<DumpedEntry> {
  for await (const item of readListing(context, path, live(), broken)) if ('status' in item) yield item;
}

/** The table that a listing gives, with what is expected beside its connections. */
export async function readTable(context: Context, path: string): Promise<ConntrackTable> {
  const entries: DumpedEntry[] = [];
  const listed: DumpedExpectation[] = [];
  for await (const item of readListing(context, path, liveExpected())) {
    if ('status' in item) entries.push(item);
    else listed.push(item);
  }
  const { expectations, orphans } = resolveExpectations(entries, listed);
  context.report(orphans.map(orphan));
  return conntrackTable(entries, expectations);
}

function orphan({ line }: DumpedExpectation): Diagnostic {
  return diagnostic('HK7003', `line ${line} expects a connection beside one that is not listed`, {
    help: 'put what `conntrack -L` prints and what `conntrack -L expect` prints into one file',
  });
}

async function* readListing(
  context: Context,
  path: string,
  asked: AsyncIterable<string>,
  countBroken: (lines: number) => void = () => {},
): AsyncGenerator<DumpedEntry | DumpedExpectation> {
  let entries = 0;
  let broken = 0;
  const first: Diagnostic[] = [];
  for await (const item of streamConntrack(path === 'live' ? asked : context.lines(path))) {
    if (item.kind === 'entry') {
      entries++;
      yield item.entry;
    } else if (item.kind === 'expectation') {
      entries++;
      yield item.expectation;
    } else if (item.kind === 'broken' && ++broken <= shown) first.push(item.diagnostic);
  }
  countBroken(broken);
  if (broken > 0 && entries === 0) throw new Failure([noEntries(path), ...first.slice(0, 1)]);
  context.report(broken > shown ? [...first, more(broken - shown)] : first);
}

/** Both families: `conntrack -L` alone lists IPv4 only. */
async function* live(): AsyncGenerator<string> {
  for (const family of ['ipv4', 'ipv6']) {
    yield* (await run('conntrack', ['-L', '-f', family, '-o', 'extended,id'])).split('\n');
  }
}

async function* liveExpected(): AsyncGenerator<string> {
  yield* live();
  for (const family of ['ipv4', 'ipv6']) {
    yield* (await run('conntrack', ['-L', 'expect', '-f', family])).split('\n');
  }
}

function noEntries(path: string): Diagnostic {
  return diagnostic(
    'HK7002',
    `\`${path === '-' ? '<stdin>' : path}\` has lines, and none is a conntrack entry`,
    {
      help: 'name what `conntrack -L` printed; `live` asks this machine',
    },
  );
}

function more(lines: number): Diagnostic {
  return diagnostic('HK7001', `${lines} more lines are no conntrack entries`, {
    help: 'all of them were passed over',
  });
}
