// Short ways from text to a rule set and back, for the tests of this folder.
import { checkPolicy } from '../../../src/core/check/check.ts';
import type { Outcome } from '../../../src/core/diagnostic/diagnostic.ts';
import { emitIptables } from '../../../src/core/iptables/emit.ts';
import { importIptables } from '../../../src/core/iptables/import.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import { positionAt } from '../../../src/core/text/source.ts';

/** The rule set of a policy that is expected to be sound. */
export function policy(text: string): RuleSet {
  const { file, diagnostics } = parsePolicy({ name: 'test.hook', text });
  const checked = checkPolicy(file);
  if (!checked.value)
    throw new Error(
      JSON.stringify(shown({ value: undefined, diagnostics: [...diagnostics, ...checked.diagnostics] })),
    );
  return checked.value.ruleSet;
}

/** The rules and chains that a policy becomes, without header, table frame and built-in chains that say nothing. */
export function linesOf(text: string, family: 'ip' | 'ip6' = 'ip'): readonly string[] {
  const { value, diagnostics } = emitIptables(policy(text), family);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.split('\n').filter((line) => /^(-A|# \S+ is|\*)/.test(line));
}

/** What is wrong with emitting a policy: `code message`. */
export function emitProblems(text: string, family: 'ip' | 'ip6' = 'ip'): readonly string[] {
  return emitIptables(policy(text), family).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

/** What is wrong with a dump: `line code message`. */
export function importProblems(text: string, family: 'ip' | 'ip6' = 'ip'): readonly string[] {
  return shown(importIptables({ name: 'dump', text }, { family }));
}

function shown({ diagnostics }: Outcome<unknown>): readonly string[] {
  return diagnostics.map(({ code, message, span }) => {
    const line = span ? positionAt(span.source, span.start).line : '-';
    return `${line} ${code} ${message}`;
  });
}

/** A dump read and written again, without the header; throws with the problems if it can't be. */
export function roundTrip(text: string, family: 'ip' | 'ip6' = 'ip'): string {
  const imported = importIptables({ name: 'dump', text }, { family });
  if (!imported.value) throw new Error(shown(imported).join('\n'));
  const emitted = emitIptables(imported.value, family, { counters: true });
  if (emitted.value === undefined) throw new Error(shown(emitted).join('\n'));
  return emitted.value.replace(/^#.*\n/, '');
}
