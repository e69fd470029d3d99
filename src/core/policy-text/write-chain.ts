// The head of a chain in the language: as little as says the same.
import { builtinChain, isBuiltinName } from '../check/builtin-chain.ts';
import { inferType } from '../check/placement.ts';
import { type Hook, hookOfPriority, priorityNamesOf } from '../hook/hook.ts';
import type { BaseChain, Chain, Family, Table } from '../ir/ruleset.ts';
import { quote, writeName } from '../match/quote.ts';

/** `chain NAME hook … priority … policy …`, or `chain INPUT policy drop` where the name says the rest. */
export function writeChainHead({ name, base }: Chain, table: Table): string {
  if (!base) return `chain ${isBuiltinName(table.name, name) ? quote(name) : writeName(name)}`;
  const place = isImplied(name, base, table) ? '' : ` ${writePlace(base, table)}`;
  const policy = base.policy === 'drop' || place !== '' ? ` policy ${base.policy}` : '';
  return `chain ${writeName(name)}${place}${policy}`;
}

/** Whether the name says where the chain hangs. */
function isImplied(name: string, { hook, type, priority, device }: BaseChain, table: Table): boolean {
  const implied = isIp(table.family) ? builtinChain(table.name, name) : undefined;
  const same = implied?.hook === hook && implied.type === type && implied.priority === priority;
  return same && device === undefined;
}

function isIp(family: Family): boolean {
  return family === 'ip' || family === 'ip6' || family === 'inet';
}

function writePlace(base: BaseChain, { name, family }: Table): string {
  const { hook, type, priority, device } = base;
  return [
    ...(inferType(name, base, undefined) === type ? [] : [`type ${type}`]),
    `hook ${hook}`,
    ...(device === undefined ? [] : [`device ${quote(device)}`]),
    `priority ${writePriority(priority, hook, family)}`,
  ].join(' ');
}

/** How far from a named priority a number is still told by the name, as nft does. */
const near = 10;

function writePriority(priority: number, hook: Hook, family: Family): string {
  for (const [name, value] of priorityNamesOf(family)) {
    if ((hookOfPriority(name) ?? hook) !== hook) continue;
    const offset = priority - value;
    if (offset === 0) return name;
    if (Math.abs(offset) <= near) return `${name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
  }
  return `${priority}`;
}
