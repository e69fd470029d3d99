// What packets are drawn from: the addresses and interfaces of a host and what is near them, and the conditions of rules,
// which a packet is changed to meet.
import { conntrackTable } from '../conntrack/table.ts';
import type { AddressFamily } from '../datatype/address.ts';
import { addressWidth } from '../datatype/address.ts';
import type { PacketView } from '../field/view.ts';
import type { Match, Part, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { type EvaluationContext, lookupsOf } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Injection } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { startRun, viewOf } from '../trace/run.ts';
import type { Random } from './random.ts';

/** A rule with the table whose sets it may refer to. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly table: Pick<Table, 'sets' | 'maps'>;
}

/** What to draw from. */
export interface Pool {
  readonly host: Host | undefined;
  readonly rules: readonly PlacedRule[];
  readonly interfaces: readonly string[];
  readonly addresses: Readonly<Record<AddressFamily, readonly bigint[]>>;
  /** The host's own. */
  readonly own: Readonly<Record<AddressFamily, readonly bigint[]>>;
}

/** A name that no policy is likely to have stands for all others. */
const otherInterface = 'other0';

/** Collects the rules, and what the host has. `extra`: further rules to come near to. */
export function makePool(ruleSet: RuleSet, host: Host | undefined, extra: readonly PlacedRule[]): Pool {
  const rules = [...extra, ...ruleSet.tables.flatMap(rulesOf)];
  const own = { 4: ownAddresses(host, 4), 6: ownAddresses(host, 6) };
  const names = host?.interfaces.map((one) => one.name).filter((one) => one !== 'lo');
  const addresses = { 4: [...own[4], ...onLink(host, 4)], 6: [...own[6], ...onLink(host, 6)] };
  return { host, rules, interfaces: names ?? [otherInterface], addresses, own };
}

function rulesOf(table: Table): readonly PlacedRule[] {
  return table.chains.flatMap(({ rules }) => rules.map((rule) => ({ rule, table })));
}

function ownAddresses(host: Host | undefined, family: AddressFamily): readonly bigint[] {
  const all = host?.interfaces.flatMap((one) => one.addresses) ?? [];
  return all.flatMap(({ address }) => (address.family === family ? [address.value] : []));
}

/** A neighbour of each address of the host, and gateways. */
function onLink(host: Host | undefined, family: AddressFamily): readonly bigint[] {
  const gateways = host?.routes.flatMap((route) => (route.family === family ? [route.gateway] : [])) ?? [];
  return [...ownAddresses(host, family).map((value) => value ^ 2n), ...gateways.flatMap((one) => one ?? [])];
}

/** A value of the pool, next to one, or any. */
export function drawAddress(pool: Pool, family: AddressFamily, random: Random): bigint {
  const known = random.pick(pool.addresses[family]);
  if (known === undefined || random.percent(30)) return anyAddress(family, random);
  const width = addressWidth(family);
  return random.percent(60) ? known : known ^ random.bits(random.percent(50) ? 1 : Math.min(8, width));
}

/** A public unicast address. */
function anyAddress(family: AddressFamily, random: Random): bigint {
  return family === 4
    ? (BigInt(random.pick([11, 45, 93, 185, 198]) ?? 45) << 24n) | random.bits(24)
    : (0x2001_0db8n << 96n) | random.bits(64);
}

/** The packet as a rule would see it that filters: what the matches of rules are tried on. */
function viewOfPacket(injection: Injection, host: Host | undefined): PacketView {
  const request = { ruleSet: { tables: [] }, injection, host };
  const run = startRun(
    request,
    (_, [first]) => first,
    conntrackTable(),
    () => ({ verdict: 'accept', fate: 'sent' }),
  );
  run.hook = injection.direction === 'out' ? 'output' : injection.local ? 'input' : 'forward';
  run.oif = injection.oif ?? routedBy(injection, host);
  const unknown = { unknown: 'no connection yet' };
  run.ct = { state: injection.state ?? 'new', direction: 'original', entry: unknown };
  return viewOf(run);
}

/** Where the host would send it on. */
export function routedBy({ packet, iif, mark }: Injection, host: Host | undefined): string | undefined {
  if (!host) return undefined;
  const { family, source, destination } = packet;
  const flow = { family, source, destination, ...(iif !== undefined && { iif }), mark: mark ?? 0 };
  const decision = lookupRoute(host, flow);
  return decision.kind === 'unicast' ? decision.device : undefined;
}

/** The packet changed so that the conditions hold, as far as a sender can do that; `refuse`: this one shall not. */
export function satisfied(
  injection: Injection,
  { rule, table }: PlacedRule,
  pool: Pool,
  random: Random,
  refuse?: Part,
): Injection {
  let changed = injection;
  for (const part of rule.parts) {
    if (part.kind !== 'match') continue;
    const context = contextFor(changed, table, pool, random);
    const wanted = part !== refuse;
    if (holds(part, context) !== wanted)
      changed = findMatch(part.key)?.satisfy?.(part.args, changed, context, wanted) ?? changed;
  }
  return changed;
}

/** Whether no condition of the rule certainly fails. */
export function mayMatch(
  injection: Injection,
  { rule, table }: PlacedRule,
  pool: Pool,
  random: Random,
): boolean {
  const context = contextFor(injection, table, pool, random);
  return rule.parts.every((part) => part.kind !== 'match' || holds(part, context) !== false);
}

function contextFor(
  injection: Injection,
  table: PlacedRule['table'],
  { host }: Pool,
  random: Random,
): EvaluationContext {
  return { view: viewOfPacket(injection, host), choose: random.below, ...lookupsOf(table) };
}

function holds({ key, args }: Match, context: EvaluationContext): boolean | undefined {
  const truth = findMatch(key)?.evaluate(args, context);
  if (!truth || truth.result === 'unknown') return undefined;
  return truth.result === 'assumed' ? truth.holds : truth.result;
}
