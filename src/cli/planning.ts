// What applying a policy would do to this machine: to its rules, to all packets, to its connections, to what it must have
// beside the rules.
import { type Difference, difference } from '../core/analyse/difference.ts';
import { knownValues } from '../core/analyse/known-values.ts';
import { type Change, isSameTable, type TableName } from '../core/change/change.ts';
import { changeTo } from '../core/change/change-to.ts';
import { rulesAfter } from '../core/change/rules-after.ts';
import { type Impacts, impactBuilder } from '../core/conntrack-check/impact.ts';
import { type Meeting, meetings, type SentOn, sentOn } from '../core/foreign/meetings.ts';
import type { Policy } from '../core/ir/policy.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import { brokenProtection } from '../core/lock-out/protected.ts';
import { lockOuts } from '../core/lock-out/session.ts';
import { isUnfit, type SysctlNeed } from '../core/machine/needs.ts';
import type { Host } from '../core/topology/host.ts';
import { sysctlNumber } from '../core/topology/sysctl.ts';
import { readTables } from '../host/apply/live-tables.ts';
import type { Site } from '../host/apply/site.ts';
import { lastGeneration } from '../host/apply/undo.ts';
import { controllingSession } from '../host/controlling-session.ts';
import { type AnalysisOptions, scopeOf, within } from './analysis.ts';
import { visitCompared } from './checked-entries.ts';
import { type Context, readPolicy } from './context.ts';
import { demand, Failure } from './failure.ts';
import type { RulesInForce } from './hosts.ts';
import { live } from './input.ts';
import { sessionOf } from './session.ts';

/** What is different when the policy is in force. */
export interface Plan {
  readonly rules: Change;
  readonly packets: Difference;
  /** Of the connections that there are now; why nobody looked at them, where that is so. */
  readonly connections: Impacts | string;
  readonly sysctls: readonly SysctlChange[];
  /** What would be stopped of the present connection of SSH, and the tests marked `protect` that would fail. */
  readonly lockOut: readonly string[];
  /** Where it meets the rules of others. */
  readonly others: Others;
}

/** What others on the machine do to the packets of the policy. */
export interface Others {
  readonly meetings: readonly Meeting[];
  readonly sentOn: readonly SentOn[];
}

/** A sysctl that has to have another value. */
export interface SysctlChange {
  readonly need: SysctlNeed;
  readonly owner: string;
  readonly now: number | undefined;
}

/** Whether there is anything to do. */
export function isEmpty({ rules, sysctls }: Plan): boolean {
  return rules.tables.length === 0 && sysctls.length === 0;
}

/** A policy, and what of it is for this machine. */
interface Planned {
  readonly policy: Policy;
  readonly inForce: RulesInForce;
  /** How long all packets may take, and of which is told. */
  readonly asked: Pick<AnalysisOptions, 'timeLimit' | 'special'>;
}

/** Works it out without changing anything. */
export async function planFor(
  context: Context,
  site: Site,
  { policy, inForce, asked }: Planned,
): Promise<Plan> {
  const owned = lastGeneration(site)?.tables ?? [];
  const { ruleSet: target, zones } = inForce;
  const names = [...target.tables, ...owned].map(({ family, name }) => ({ family, name }));
  const unique = [...new Map(names.map((one) => [`${one.family} ${one.name}`, one])).values()];
  const there = demand(await readTables(site, unique), context.report);
  const rules = demand(changeTo({ live: there, target, owned }), context.report);
  const machine = await readPolicy(context, live);
  const [host] = machine.hosts;
  const before = { ruleSet: machine.ruleSet, host, zones };
  const after = { ...before, ruleSet: rulesAfter({ live: machine.ruleSet, target, owned }) };
  const known = {
    ...knownValues(zones ?? [], [before.ruleSet, after.ruleSet], host),
    ...scopeOf(context, asked),
  };
  return {
    rules,
    packets: within(context, asked, (budget) =>
      difference({ ...before, budget }, { ...after, budget }, known),
    ),
    connections: await connectionsOf(context, { before, after }),
    sysctls: sysctlChanges(target, host),
    lockOut: lockOutIn(after, { policy, inForce, asked }),
    others: othersIn(after.ruleSet, target),
  };
}

/** As `apply` asks, which refuses where it is sure. */
function lockOutIn({ ruleSet, host }: RulesInForce, { policy, inForce }: Planned): readonly string[] {
  const session = sessionOf(undefined, controllingSession());
  const found = session ? lockOuts(ruleSet, host, session) : [];
  return [
    ...found.map(({ what, sure, why }) => `${what} ${sure ? 'would' : 'may'} be stopped by ${why}`),
    ...brokenProtection(policy, ruleSet, inForce.host?.name).map(
      ({ test }) => `test "${test.title}" would fail with all rules of this machine`,
    ),
  ];
}

interface Both {
  readonly before: RulesInForce;
  readonly after: RulesInForce;
}

async function connectionsOf(context: Context, policies: Both): Promise<Impacts | string> {
  const builder = impactBuilder();
  try {
    await visitCompared(context, live, policies, { connection: builder.add, broken: () => {} });
    return builder.impacts();
  } catch (error) {
    if (error instanceof Failure) return error.diagnostics.map(({ message }) => message).join('; ');
    throw error;
  }
}

/** Packets that others send on matter where the policy has rules for those that stay. */
function othersIn(ruleSet: RuleSet, { tables }: RuleSet): Others {
  const isOwn = (table: TableName) => tables.some((one) => isSameTable(one, table));
  const hasInput = tables.some(({ chains }) => chains.some(({ base }) => base?.hook === 'input'));
  return { meetings: meetings(ruleSet, isOwn), sentOn: hasInput ? sentOn(ruleSet, isOwn) : [] };
}

function sysctlChanges({ needs = [] }: RuleSet, host: Host | undefined): readonly SysctlChange[] {
  return needs.flatMap(({ owner, sysctls }) =>
    sysctls
      .filter((need) => !host || isUnfit(need, host))
      .map((need) => ({ need, owner, now: host && sysctlNumber(host, need.name, need.device) })),
  );
}
