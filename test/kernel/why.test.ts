// The commands that `trace --why` prints for listed rules are run, and the packet is traced through what the kernel lists
// then: it fares the other way.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import type { TraceRequest } from '../../src/core/trace/run.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { sideOfTrace } from '../../src/core/why/side.ts';
import { spellEdit } from '../../src/core/why/spell-edit.ts';
import { explainVerdict } from '../../src/core/why/why.ts';
import { describeKernel } from './support/require.ts';
import { runAlone } from './support/saved.ts';

/** How rules are loaded and listed; handles are the same each time, for each namespace begins anew. */
const tools = {
  'iptables.save': { load: 'iptables-nft-restore < "$RULES"', list: 'iptables-nft-save' },
  'two-chains.nft': { load: 'nft -f "$RULES"', list: 'nft -a list ruleset' },
} as const;

function listed(text: string): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: 'listed', text });
  if (!value) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value.ruleSet;
}

function listsOf(request: TraceRequest): readonly (readonly string[])[] {
  const why = explainVerdict(request, trace(request));
  const flips = why?.kind === 'full' ? why.rules.flips : [];
  return flips.map(({ edits }) => edits.map((edit) => spellEdit(edit).command ?? ''));
}

function fixture(name: string): { readonly rules: string; readonly packets: readonly string[] } {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/why', name), 'utf8');
  const [rules = '', rest = ''] = text.split('# ---- packets ----\n');
  const [packets = ''] = rest.split('# ---- expected ----\n');
  return { rules, packets: packets.split('\n').filter(Boolean) };
}

describeKernel('the commands of --why', ['nft', 'iptables-nft'], () => {
  for (const [name, { load, list }] of Object.entries(tools)) {
    const { rules, packets } = fixture(name);
    test.each(packets)(`${name}: %s`, (spec) => {
      const injection = parsePacketSpec({ name: 'packet', text: spec }).value;
      if (!injection) throw new Error(spec);
      const run = (commands: readonly string[]): TraceRequest => {
        const script = [load, ...commands, list].join('\n').replaceAll(/^iptables /gm, 'iptables-nft ');
        return { ruleSet: listed(runAlone(script, { RULES: rules })), host: undefined, injection };
      };
      const before = run([]);
      const lists = listsOf(before);
      expect(lists).not.toEqual([]);
      const side = sideOfTrace(trace(before));
      for (const commands of lists) {
        const after = sideOfTrace(trace(run(commands)));
        expect(after, commands.join('\n')).toBe(side === 'passes' ? 'stops' : 'passes');
      }
    });
  }
});
