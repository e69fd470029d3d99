// What the check of the optimiser's steps has to say to who compiles.
import type { BackEnd } from '../../compile.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { ruleText } from '../../ir/rule-text.ts';
import type { Unproved } from '../../optimise/steps.ts';

/** That a chain stays as it is, and at which rule it was not sure that nothing changes. */
export function unprovedProblem({ table, chain, rule }: Unproved, to: BackEnd): Diagnostic {
  const where = `chain \`${chain}\` of table \`${table.family} ${table.name}\``;
  const at = rule ? `: not sure at \`${shortened(ruleText(rule))}\`` : '';
  const span = rule?.span;
  return diagnostic(
    'HK4013',
    `${where} is not optimised for ${to}, since it is not proved that nothing changes${at}`,
    {
      span,
    },
  );
}

/** A rule that was made of many is long. */
const longest = 120;

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
