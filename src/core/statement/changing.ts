// Which parts of rules may change what the conditions behind them look at.
import { type Chain, findChain, type Part, type Table } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import { jumpsOf } from './chains.ts';
import { findStatement } from './registry.ts';

/** Whether conditions behind a part of a rule of the table may be answered differently than before it. */
export function changesIn(table: Table): (part: Part) => boolean {
  const found = known.get(table) ?? changesOf(table);
  known.set(table, found);
  return found;
}

/** Found once for each table. */
const known = new WeakMap<Table, (part: Part) => boolean>();

function changesOf(table: Table): (part: Part) => boolean {
  const changing = changingChains(table);
  const lookups = lookupsOf(table);
  return (part) => partChanges(part, lookups, (name) => changing.has(name) || !findChain(table, name));
}

function partChanges(
  part: Part,
  lookups: ReturnType<typeof lookupsOf>,
  isChanging: (chain: string) => boolean,
): boolean {
  if (part.kind !== 'statement') return part.kind === 'opaque';
  const definition = findStatement(part.key);
  if (!definition || definition.changesPacket || definition.updates) return true;
  if (definition.passes) return false;
  const chain = definition.chain?.(part.args);
  if (chain !== undefined) return isChanging(chain);
  if (!definition.chains) return !definition.terminal;
  // Who fills a map may have it lead elsewhere.
  const isOpen = (definition.maps?.(part.args) ?? []).length > 0;
  return isOpen || definition.chains(part.args, lookups).some(isChanging);
}

/** The chains in which, or in those that they lead to, something changes packets. */
function changingChains(table: Table): ReadonlySet<string> {
  const lookups = lookupsOf(table);
  const callers = new Map<string, Chain[]>();
  for (const jumps of jumpsOf(table).values())
    for (const { name, from } of jumps) {
      const all = callers.get(name);
      if (all) all.push(from);
      else callers.set(name, [from]);
    }
  const open = table.chains.filter(({ rules }) =>
    rules.some(({ parts }) => parts.some((part) => partChanges(part, lookups, () => false))),
  );
  const found = new Set<string>();
  for (let chain = open.pop(); chain; chain = open.pop()) {
    if (found.has(chain.name)) continue;
    found.add(chain.name);
    open.push(...(callers.get(chain.name) ?? []));
  }
  return found;
}
