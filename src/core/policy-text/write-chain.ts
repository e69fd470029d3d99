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
function isImplied(
  name: string,
  { hook, type, priority, devices, offload }: BaseChain,
  table: Table,
): boolean {
  const implied = isIp(table.family) ? builtinChain(table.name, name) : undefined;
  const same = implied?.hook === hook && implied.type === type && implied.priority === priority;
  return same && devices === undefined && !offload;
}

function isIp(family: Family): boolean {
  return family === 'ip' || family === 'ip6' || family === 'inet';
}

function writePlace(base: BaseChain, { name, family }: Table): string {
  const { hook, type, priority, devices = [] } = base;
  return [
    ...(inferType(name, base, undefined) === type ? [] : [`type ${type}`]),
    `hook ${hook}`,
    ...writeDevices(devices),
    `priority ${writePriority(priority, hook, family)}`,
  ].join(' ');
}

function writeDevices(devices: readonly string[]): readonly string[] {
  const names = devices.map(quote);
  if (names.length > 1) return [`devices = { ${names.join(', ')} }`];
  return names.map((name) => `device ${name}`);
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
