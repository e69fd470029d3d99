// Whether statements stand where the kernel allows them, and which type the chains around them have.
import type { Code } from '../diagnostic/catalogue.ts';
import { priorityNames } from '../hook/hook.ts';
import type { ChainType, Part, Rule } from '../ir/ruleset.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';
import { textOf } from '../text/source.ts';
import { type BaseClauses, typeFits } from './base-chain.ts';
import type { ChainDraft } from './jump.ts';
import { callLabels } from './origin.ts';
import type { Report } from './report.ts';

/** The chains that base chains reach, from each chain back to its base chains. */
export type Bases = ReadonlyMap<ChainDraft, ReadonlySet<ChainDraft>>;

/** The type of each base chain: said, implied by its name, or that of the statements it reaches. */
export function chainTypes(table: string, bases: Bases): ReadonlyMap<ChainDraft, ChainType> {
  const wanted = new Map<ChainDraft, ChainType>();
  for (const [chain, reachedFrom] of bases)
    for (const { definition } of statementsOf(chain))
      if (definition.chainType)
        for (const base of reachedFrom) if (!wanted.has(base)) wanted.set(base, definition.chainType);
  const types = new Map<ChainDraft, ChainType>();
  for (const chain of bases.keys())
    if (chain.base) types.set(chain, chain.base.type ?? inferType(table, chain.base, wanted.get(chain)));
  return types;
}

/** The type of a base chain whose statements want that one. */
export function inferType(
  table: string,
  base: Omit<BaseClauses, 'type'>,
  wanted: ChainType | undefined,
): ChainType {
  const { hook, priority } = base;
  const type = wanted ?? (table === 'nat' ? 'nat' : priority === priorityNames.mangle ? 'route' : 'filter');
  return typeFits(type, hook) ? type : 'filter';
}

/** Reports statements at hooks and in chains of types where they cannot be, and priorities that nat cannot have. */
export function checkPlacement(
  bases: Bases,
  types: ReadonlyMap<ChainDraft, ChainType>,
  report: Report,
): void {
  for (const [chain, reachedFrom] of bases)
    for (const placed of statementsOf(chain))
      for (const base of reachedFrom) checkStatement(placed, base, types.get(base), report);
  for (const [chain, type] of types) if (type === 'nat') checkNatPriority(chain, report);
}

interface Placed {
  readonly part: Part;
  readonly rule: Rule;
  readonly definition: StatementDefinition<unknown>;
}

/** The statements of a chain that cannot stand everywhere: few of all. */
function statementsOf({ rules }: ChainDraft): readonly Placed[] {
  const placed: Placed[] = [];
  for (const rule of rules)
    for (const part of rule.parts) {
      const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
      if (definition?.hooks || definition?.chainType) placed.push({ part, rule, definition });
    }
  return placed;
}

function checkStatement(
  { part, rule, definition }: Placed,
  base: ChainDraft,
  type: ChainType | undefined,
  report: Report,
): void {
  const { span } = part;
  if (!base.base || !span) return;
  const { hook } = base.base;
  const { hooks, chainType } = definition;
  const complain = (code: Code, needs: string, has: string): void =>
    report.complain(code, `\`${rule.calls ? definition.key : textOf(span)}\` ${needs}`, {
      span,
      labels: [...callLabels(rule.calls), { span: base.name.span, message: `\`${base.name.text}\` ${has}` }],
    });
  if (hooks && !hooks.includes(hook))
    complain('HK2021', `works at ${hooks.join(' and ')} only`, `hangs on ${hook}`);
  else if (chainType && type && chainType !== type)
    complain('HK2022', `needs a chain of type ${chainType}`, `is of type ${type}`);
}

/** net/netfilter/nf_tables_api.c: nft_chain_parse_hook refuses nat chains at or before conntrack (EOPNOTSUPP). */
function checkNatPriority({ base, name }: ChainDraft, report: Report): void {
  if (!base || base.priority > -200) return;
  report.complain('HK2016', `nat chain \`${name.text}\` has priority ${base.priority}, before conntrack`, {
    span: name.span,
    help: 'a nat chain needs a priority above -200',
  });
}
