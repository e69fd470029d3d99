// Command lines of conntrack in the order in which they were written down, and how each ends.
import { z } from 'zod';
import { type ConntrackTable, conntrackTable } from '../../src/core/conntrack/table.ts';
import { carryOut } from '../../src/core/conntrack-command/carry-out.ts';
import { parseCommand } from '../../src/core/conntrack-command/parse.ts';
import { restore } from '../../src/core/conntrack-command/restore.ts';
import { savedLine } from '../../src/core/conntrack-command/saved.ts';
import type { Result } from './cases.ts';

export const commandCase = z.object({
  id: z.string(),
  file: z.string(),
  argv: z.string(),
  expect: z.enum(['OK', 'BAD']).nullable(),
  kind: z.enum(['cmd', 'stdin-line', 'producer']),
  sed: z.string().nullable(),
});

export type CommandCase = z.infer<typeof commandCase>;

/** Who carries commands out: our table, or a kernel. Answers whether it ended well and what was printed. */
interface Carrier {
  readonly begin: () => void;
  readonly run: (words: string, input: string) => Ended;
}

interface Ended {
  readonly ok: boolean;
  readonly printed: string;
}

/** How the commands do; those that only prepare input of others count as part of those. */
export function replay(cases: readonly CommandCase[], carrier: Carrier): readonly Result[] {
  const results: Result[] = [];
  let file = '';
  let input = '';
  for (const one of cases) {
    if (one.file !== file) carrier.begin();
    if (one.file !== file) input = '';
    file = one.file;
    const words = one.argv.replace(/^conntrack /, '');
    if (one.kind === 'stdin-line') input += `${words}\n`;
    else if (one.kind === 'producer') input += changed(carrier.run(words, '').printed, one.sed ?? '');
    else {
      const { ok } = carrier.run(words, input);
      const found = ok ? 'OK' : 'BAD';
      results.push({ id: one.id, problem: found === one.expect ? undefined : `${found}: ${words}` });
      if (words.startsWith('-R')) input = '';
    }
  }
  return results;
}

/** `s/A/B/g; s/C/D/g`, of plain texts. */
function changed(text: string, script: string): string {
  const pairs = [...script.matchAll(/s\/([^/]*)\/([^/]*)\/g/g)];
  return pairs.reduce((sum, [, from = '', to = '']) => sum.replaceAll(from, to), text);
}

/** Our own table, at one moment. */
export function tableCarrier(): Carrier {
  let table: ConntrackTable = conntrackTable();
  return {
    begin: () => {
      table = conntrackTable();
    },
    run: (words, input) => {
      const { value: command } = parseCommand({ name: 'line', text: words });
      if (!command) return { ok: false, printed: '' };
      const done =
        command.action === 'restore'
          ? { ...restore(table, input, 0), entries: [] }
          : carryOut(table, command, 0);
      table = done.table;
      const action = command.action === 'delete' ? '-D' : '-A';
      return { ok: done.ok, printed: done.entries.map((entry) => `${savedLine(entry, action)}\n`).join('') };
    },
  };
}
