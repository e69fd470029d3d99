// Chains that lead back to themselves.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import { jumpsOf } from '../statement/chains.ts';

/**
 * Reports each rule that closes a loop: an error if a base chain leads to it, because the kernel then refuses the table
 * (ELOOP, EMLINK); otherwise it loads and no packet gets there.
 */
export function reportLoops(table: Table, report: (diagnostic: Diagnostic) => void): void {
  const jumps = jumpsOf(table);
  const state = new Map<Chain, 'open' | 'done'>();
  const visit = (chain: Chain, severity: 'error' | 'warning'): void => {
    state.set(chain, 'open');
    for (const { rule, name, to: next } of jumps.get(chain) ?? []) {
      if (!next) continue;
      if (state.get(next) === 'open') report(loop(chain, name, rule, severity));
      else if (!state.has(next)) visit(next, severity);
    }
    state.set(chain, 'done');
  };
  for (const chain of table.chains) if (chain.base) visit(chain, 'error');
  for (const chain of table.chains) if (!state.has(chain)) visit(chain, 'warning');
}

function loop(chain: Chain, name: string, { span }: Rule, severity: 'error' | 'warning'): Diagnostic {
  const message =
    chain.name === name
      ? `chain \`${name}\` leads to itself`
      : `chain \`${chain.name}\` leads back to \`${name}\``;
  return diagnostic('HK5006', message, { span, severity });
}
