// What this machine is, as its own tools tell it now: addresses, links, routes, rules of routing and sysctls.
import { hasErrors } from '../../core/diagnostic/diagnostic.ts';
import { readHostFiles } from '../../core/host-config/read.ts';
import type { Source } from '../../core/text/source.ts';
import type { Host } from '../../core/topology/host.ts';
import { CommandError, run } from '../exec.ts';

const listings: readonly (readonly [string, ...string[]])[] = [
  ['ip', '-details', '-json', 'address'],
  ['ip', '-json', 'route', 'show', 'table', 'all'],
  ['ip', '-6', '-json', 'route', 'show', 'table', 'all'],
  ['ip', '-json', 'rule'],
  ['ip', '-6', '-json', 'rule'],
  ['sysctl', '--all', '--ignore', '--pattern', '^net\\.'],
];

/** The machine as a host; a sentence where it can't be told. */
export async function readMachine(): Promise<Host | string> {
  const sources: Source[] = [];
  for (const [program, ...args] of listings) {
    try {
      const text = await run(program, args, { timeoutMs: 20_000 });
      if (/\S/.test(text.replace(/^\[\s*\]/, ''))) sources.push({ name: [program, ...args].join(' '), text });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return error.message;
    }
  }
  const { value, diagnostics } = readHostFiles(sources, 'machine');
  if (value && !hasErrors(diagnostics)) return value;
  return diagnostics[0]?.message ?? 'nothing tells the interfaces';
}
