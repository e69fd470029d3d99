// Conntrack entries from a file, standard input or the live kernel, as a stream; broken lines are reported and passed over.
import type { CompactEntry } from '../core/conntrack/compact/compact-entry.ts';
import { listedOf } from '../core/conntrack/compact/convert.ts';
import { compactReader } from '../core/conntrack/compact/read.ts';
import { resolveExpectations } from '../core/conntrack/dump-expectation.ts';
import type { DumpedEntry, DumpedExpectation, DumpItem } from '../core/conntrack/dumped.ts';
import { type ConntrackTable, conntrackTable } from '../core/conntrack/table.ts';
import { tupleKey } from '../core/conntrack/tuple.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { listConnections, listExpected, listWithExpectations } from '../host/conntrack.ts';
import { CommandError } from '../host/exec.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { listingBytes } from './listing.ts';
import { openProgress } from './progress.ts';

/** So many broken lines are shown one by one. */
const shown = 10;

/**
 * Entries in order. `live` asks the kernel, `-` is standard input. Lines of which none is an entry end the command;
 * `broken` hears at the end how many were none.
 */
export async function* readEntries(
  context: Context,
  path: string,
  broken: (lines: number) => void = () => {},
): AsyncGenerator<DumpedEntry> {
  const bytes = listingBytes(context, path, listConnections);
  for await (const item of readListing(context, path, bytes, broken)) if ('status' in item) yield item;
}

/** The same without an object for each: comes back after each part with how many entries it had. */
export function visitEntries(
  context: Context,
  path: string,
  visitor: Omit<ListingVisitor, 'expected'>,
): AsyncIterable<number> {
  const bytes = listingBytes(context, path, listConnections);
  return visitListing(context, path, bytes, { ...visitor, expected: () => {} });
}

/** All that is told, events too, in order; `broken` hears at the end how many lines told nothing. */
export async function* readItems(
  context: Context,
  path: string,
  broken: (lines: number) => void,
): AsyncGenerator<DumpItem> {
  const items: DumpItem[] = [];
  const put = (item: DumpItem) => void items.push(item);
  const visitor = {
    compact: (entry: CompactEntry) => put({ kind: 'entry', entry: listedOf(entry, decode) }),
    plain: (entry: DumpedEntry) => put({ kind: 'entry', entry }),
    expected: (expectation: DumpedExpectation) => put({ kind: 'expectation', expectation }),
    untold: put,
    broken,
  };
  const bytes = listingBytes(context, path, listWithExpectations);
  for await (const told of visitListing(context, path, bytes, visitor)) yield* items.splice(0, told);
}

/** What the connections of this machine begin with that were expected beside others; undefined where nobody tells that. */
export async function readExpected(context: Context): Promise<ReadonlySet<string> | undefined> {
  const keys = new Set<string>();
  try {
    for await (const item of readListing(context, 'live', listExpected()))
      if ('status' in item) keys.add(tupleKey(item.original));
  } catch (error) {
    if (error instanceof CommandError && error.kind === 'missing') return undefined;
    throw error;
  }
  return keys;
}

/** The table that a listing gives, with what is expected beside its connections. */
export async function readTable(context: Context, path: string): Promise<ConntrackTable> {
  const entries: DumpedEntry[] = [];
  const listed: DumpedExpectation[] = [];
  const bytes = listingBytes(context, path, listWithExpectations);
  for await (const item of readListing(context, path, bytes)) {
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

type Listed = DumpedEntry | DumpedExpectation;

async function* readListing(
  context: Context,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  broken: (lines: number) => void = () => {},
): AsyncGenerator<Listed> {
  const listed: Listed[] = [];
  const put = (one: Listed) => void listed.push(one);
  const visitor = {
    compact: (entry: CompactEntry) => put(listedOf(entry, decode)),
    plain: put,
    expected: put,
    broken,
  };
  for await (const told of visitListing(context, path, bytes, visitor)) yield* listed.splice(0, told);
}

/** Who is told what a listing holds, in its order. */
interface ListingVisitor {
  /** Most entries, to be read at once. */
  readonly compact: (entry: CompactEntry) => void;
  /** The others. */
  readonly plain: (entry: DumpedEntry) => void;
  readonly expected: (expectation: DumpedExpectation) => void;
  /** Events, and expectations that do not tell beside which connection; without it they are counted and reported. */
  readonly untold?: (item: DumpItem) => void;
  /** Told at the end: how many lines were none of these. */
  readonly broken: (lines: number) => void;
}

/** Comes back after each part of the bytes with how much it told of it. What is broken or no connection is reported at the end. */
async function* visitListing(
  context: Context,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  visitor: ListingVisitor,
): AsyncGenerator<number> {
  const seen: Seen = { good: 0, broken: 0, untold: 0, first: [] };
  const progress = openProgress(context.err, 'connections');
  const good = () => {
    seen.good++;
    progress.step();
  };
  const reader = compactReader({
    entry: (entry) => {
      good();
      visitor.compact(entry);
    },
    other: (item) => {
      if (tell(visitor, item)) good();
      else see(seen, item);
    },
    decode,
  });
  try {
    for await (const part of bytes) {
      const before = seen.good;
      reader.push(part);
      yield seen.good - before;
    }
    const before = seen.good;
    reader.end();
    yield seen.good - before;
  } finally {
    progress.end();
  }
  visitor.broken(seen.broken);
  reportBroken(context, path, seen);
}

/** The text of bytes in UTF-8. */
export function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** Whether there was anything to tell. */
function tell({ plain, expected, untold }: ListingVisitor, item: DumpItem): boolean {
  switch (item.kind) {
    case 'entry':
      plain(item.entry);
      return true;
    case 'expectation':
      expected(item.expectation);
      return true;
    case 'event':
    case 'announced':
      untold?.(item);
      return untold !== undefined;
    case 'broken':
    case 'summary':
      return false;
  }
}

/** How many lines were good and how many broken, and the first of those. */
interface Seen {
  good: number;
  broken: number;
  /** Events, and expectations that do not tell beside which connection. */
  untold: number;
  readonly first: Diagnostic[];
}

function see(seen: Seen, item: DumpItem): void {
  if (item.kind === 'broken' && ++seen.broken <= shown) seen.first.push(item.diagnostic);
  if (item.kind === 'event' || item.kind === 'announced') seen.untold++;
}

function reportBroken(context: Context, path: string, { good, broken, untold, first }: Seen): void {
  if (broken > 0 && good === 0) throw new Failure([noEntries(path), ...first.slice(0, 1)]);
  context.report([
    ...first,
    ...(broken > shown ? [more(broken - shown)] : []),
    ...(untold > 0 ? [events(untold)] : []),
  ]);
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

function events(lines: number): Diagnostic {
  return diagnostic(
    'HK7008',
    `${lines} ${lines === 1 ? 'line tells' : 'lines tell'} no connection that is there`,
    {
      help: 'give what `conntrack -L` prints; events tell what has been',
    },
  );
}

function more(lines: number): Diagnostic {
  return diagnostic('HK7001', `${lines} more lines are no conntrack entries`, {
    help: 'all of them were passed over',
  });
}
