// What is wrong with a text of any kind, through everything that looks at one.
import { checkPolicy } from '../../src/core/check/check.ts';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import { readStatistics } from '../../src/core/conntrack/statistics.ts';
import { parseCommand } from '../../src/core/conntrack-command/parse.ts';
import { type Diagnostic, hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { parseLogLine } from '../../src/core/packet/log-line.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { parseFiles } from '../../src/core/syntax/parse-files.ts';
import type { Include } from '../../src/core/text/include.ts';
import type { Source } from '../../src/core/text/source.ts';

/** All problems of one policy, with the files that it includes. */
export function diagnose(source: Source, include?: Include): readonly Diagnostic[] {
  const { file, diagnostics } = parseFiles(source, include);
  return [...diagnostics, ...checkPolicy(file, !hasErrors(diagnostics)).diagnostics];
}

/** The kinds of policies by the ends of their files' names. */
const kinds: Readonly<Record<string, PolicyKind>> = {
  hook: 'hook',
  save: 'iptables-save',
  save6: 'ip6tables-save',
  json: 'nft-json',
  nft: 'nft',
};

/** Texts of other kinds; of packets and log lines the first line is one. */
const others: Readonly<Record<string, (source: Source) => readonly Diagnostic[]>> = {
  packet: (source) => parsePacketSpec(source, { source, ...firstLine(source) }).diagnostics,
  log: (source) => parseLogLine(source, { source, ...firstLine(source) }).diagnostics,
  conntrack: ({ text }) =>
    [...readConntrack(text.split('\n'))].flatMap((item) => (item.kind === 'broken' ? [item.diagnostic] : [])),
  command: (source) => parseCommand({ ...source, text: source.text.trimEnd() }).diagnostics,
  statistics: ({ text }) => readStatistics(text).diagnostics,
};

function firstLine({ text }: Source) {
  return { start: 0, end: text.indexOf('\n') };
}

/** The ends of names of all of them. */
export const diagnosable: readonly string[] = [...Object.keys(kinds), ...Object.keys(others)];

/** A text and the others beside it, which it may include. */
export interface Texts {
  readonly source: Source;
  readonly include: Include;
}

/** The texts of a fixture: the first has the fixture's name, each of the others stands behind a line `--- file NAME`. */
export function splitTexts({ name, text }: Source): Texts {
  const [first = '', ...more] = text.split(/^--- file (.+)\n/m);
  const files = new Map([[name, first]]);
  for (let index = 0; index < more.length; index += 2) files.set(more[index] ?? '', more[index + 1] ?? '');
  const include: Include = (path) => {
    const found = files.get(path);
    return found === undefined
      ? { problem: `there is no file \`${path}\`` }
      : { sources: [{ name: path, text: found }] };
  };
  return { source: { name, text: first }, include };
}

/** All problems of a text that is told by its name, up to the text of a target if one is named. */
export function diagnoseText({ source, include }: Texts, target?: BackEnd | 'policy'): readonly Diagnostic[] {
  const extension = source.name.replace(/.*\./, '');
  const kind = kinds[extension];
  if (!kind) return others[extension]?.(source) ?? [];
  if (kind === 'hook' && target === undefined) return diagnose(source, include);
  const { value, diagnostics } = loadPolicy(source, kind, { nft: { include }, include });
  if (!value || target === undefined) return diagnostics;
  const written =
    target === 'policy'
      ? writePolicy(value.ruleSet, { origin: 'A fixture.', fold: false })
      : compile(value.ruleSet, target);
  return [...diagnostics, ...written.diagnostics];
}
