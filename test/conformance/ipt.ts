// Rules of iptables with the line that iptables-save prints for each: a sound rule comes back as that line, any other
// is refused. Two kinds of files: upstream's own tests, and rules found in the wild.
import { z } from 'zod';
import { emitIptables } from '../../src/core/iptables/emit.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import { targetNames } from '../../src/core/iptables/targets.ts';
import { splitWords } from '../../src/core/text/words.ts';
import type { Result } from './cases.ts';

const tool = z.enum(['iptables', 'ip6tables', 'arptables', 'ebtables']);

/** A rule of iptables' own tests; `save` is null where iptables refuses it. */
export const upstreamCase = z.object({
  id: z.string(),
  tool,
  table: z.string(),
  chain: z.string(),
  rule: z.string(),
  save: z.string().nullable(),
  gold_legacy: z.boolean(),
});

/** A rule in the wild, with what iptables-save printed for it. */
export const wildCase = z.object({
  rule: z.string(),
  local: z.object({ tool, table: z.string(), save: z.string() }),
});

/** A rule to import, and the line that it has to become. */
export interface IptablesCase {
  readonly id: string;
  /** `-A chain …`. */
  readonly line: string;
  readonly save: string | null;
  readonly table: string;
  readonly family: 'ip' | 'ip6';
}

/** The case in upstream's form. */
export function fromUpstream(one: z.infer<typeof upstreamCase>): IptablesCase {
  const { id, tool: command, table, chain, rule, save } = one;
  const line = (words: string): string => `-A ${chain} ${words}`.trimEnd();
  return { id, line: line(rule), save: save === null ? null : line(save), table, family: familyOf(command) };
}

/** The case in the form of rules in the wild, which may name their table and other commands. */
export function fromWild({ rule, local }: z.infer<typeof wildCase>, index: number): IptablesCase {
  const line = rule.replace(/^-t \S+ /, '');
  return {
    id: `line ${index + 1}`,
    line,
    save: local.save,
    table: local.table,
    family: familyOf(local.tool),
  };
}

function familyOf(command: z.infer<typeof tool>): 'ip' | 'ip6' {
  return command === 'ip6tables' ? 'ip6' : 'ip';
}

const builtins = /^(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

/** The rule in a dump that has the chains it names. */
export function dumpOf({ line, table }: Pick<IptablesCase, 'line' | 'table'>): string {
  const [, own = ''] = /-A (\S+)/.exec(line) ?? [];
  const jumps = [...line.matchAll(/ (?:-j|-g|--jump|--goto) (\S+)/g)].map(([, target = '']) => target);
  const names = [own, ...jumps].filter((name) => !builtins.test(name) && !targetNames.has(name));
  const chains = [...new Set(names)].map((name) => `:${name} - [0:0]\n`);
  return `*${table}\n${chains.join('')}${line}\nCOMMIT\n`;
}

/** Imports a case and writes it again. */
export function runIptablesCase(one: IptablesCase): Result {
  return { id: `${one.id} \`${one.line}\``, problem: problemOf(one) };
}

/**
 * Whether this is what iptables-save printed. Where a comment goes on behind the end of its line, the case holds only
 * that line: the end of the comment and the target are missing in it.
 */
function isSaved(lines: string, save: string): boolean {
  if (splitWords(save, 0, save.length).open === undefined) return lines === save;
  return lines.startsWith(`${save}"`) && /^(?: -[jg] [^"\n]+)?$/.test(lines.slice(save.length + 1));
}

function problemOf(one: IptablesCase): string | undefined {
  const imported = importIptables({ name: 'dump', text: dumpOf(one) }, one);
  const [error] = imported.diagnostics;
  if (one.save === null) return imported.value ? 'is taken, and iptables refuses it' : undefined;
  if (!imported.value) return `is refused: ${error?.message}`;
  const emitted = emitIptables(imported.value, one.family);
  if (emitted.value === undefined) return `can't be written: ${emitted.diagnostics[0]?.message}`;
  const lines = emitted.value.match(/^-A.*$/gm)?.join('\n') ?? '';
  const isOpaque = imported.diagnostics.some(({ code }) => code === 'HK5015');
  if (!isSaved(lines, one.save)) return `becomes ${lines}`;
  return isOpaque ? 'is not understood' : undefined;
}
