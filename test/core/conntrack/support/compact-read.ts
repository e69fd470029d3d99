// A listing read from bytes and read as text, said alike so that the two can be held against each other.
import type { CompactEntry } from '../../../../src/core/conntrack/compact/compact-entry.ts';
import { untold } from '../../../../src/core/conntrack/compact/compact-entry.ts';
import { entryOf } from '../../../../src/core/conntrack/compact/convert.ts';
import { compactReader } from '../../../../src/core/conntrack/compact/read.ts';
import { readConntrack } from '../../../../src/core/conntrack/dump.ts';
import type { DumpedEntry, DumpItem } from '../../../../src/core/conntrack/dumped.ts';

/** What both readers know of an item. */
export type Said = unknown;

/** What the plain reader says. */
export function readPlainly(text: string): readonly Said[] {
  return [...readConntrack(text.split('\n'))].map(said);
}

function said(item: DumpItem): Said {
  return item.kind === 'entry' ? saidOf(item.entry) : item;
}

/** Without the texts that only the line has. */
function saidOf(entry: DumpedEntry): Said {
  const {
    protocolName: _name,
    flags: _flags,
    labels: _labels,
    secctx: _secctx,
    started: _started,
    ...rest
  } = entry;
  return { ...rest, raw: entry.raw.trim() };
}

/** What the reader of bytes says, given them in parts, and how many entries it read without making text of them. */
export function readCompactly(parts: readonly Uint8Array[]): {
  readonly items: readonly Said[];
  readonly compact: number;
} {
  const items: Said[] = [];
  let compact = 0;
  const reader = compactReader({
    entry: (entry) => {
      compact++;
      items.push(saidOfCompact(entry));
    },
    other: (item) => items.push(said(item)),
    decode,
  });
  for (const part of parts) reader.push(part);
  reader.end();
  return { items, compact };
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function saidOfCompact(compact: CompactEntry): Said {
  const { id, use, age, line, bytes, start, end } = compact;
  return {
    ...entryOf(compact),
    ...(id !== untold && { id }),
    ...(use !== untold && { use }),
    ...(age !== untold && { age }),
    line,
    raw: decode(bytes.subarray(start, end)).trim(),
  };
}
