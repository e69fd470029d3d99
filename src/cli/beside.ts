// A policy and the dumps of other rule sets that its machine has beside it.
import { basename } from 'node:path';
import { readHookListing } from '../core/hook/listing.ts';
import { type Dump, loadedBeside } from '../core/ir/beside.ts';
import type { Policy } from '../core/ir/policy.ts';
import { rulesOn } from '../core/ir/rules-on.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import type { PolicyKind } from '../core/load.ts';
import { listingProblems } from '../core/trace/listed-order.ts';
import { type Context, readPolicy } from './context.ts';
import { demand } from './failure.ts';

/** What tells how the rule sets of a machine are read. */
export interface BesideOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  /** Paths of further dumps. */
  readonly with?: readonly string[] | undefined;
  /** They were loaded in the order in which they are given. */
  readonly inOrder?: true | undefined;
  /** What `nft list hooks` printed on the machine. */
  readonly hooks?: string | undefined;
  /** The host whose rules it is about. */
  readonly on?: string | undefined;
}

/** The policy, with the rules of the dumps beside it. */
export async function readBeside(context: Context, path: string, options: BesideOptions): Promise<Policy> {
  const policy = await readAll(context, path, options);
  if (options.hooks === undefined) return policy;
  const listing = demand(
    readHookListing(demand(await context.read(options.hooks), context.report)),
    context.report,
  );
  context.report(listingProblems(rulesOn(policy, options.on ?? onlyName(policy)), listing));
  return withRules(policy, (ruleSet) => ({ ...ruleSet, hooks: listing }));
}

async function readAll(context: Context, path: string, options: BesideOptions): Promise<Policy> {
  const policy = await readPolicy(context, path, options.from, options.ipset);
  const { with: paths = [], inOrder } = options;
  if (paths.length === 0) return policy;
  const dumps: Dump[] = [];
  for (const other of paths) {
    const { ruleSet } = await readPolicy(context, other);
    dumps.push({ name: nameOf(other), ruleSet });
  }
  return withRules(policy, (own) => {
    const { loads, ...ruleSet } = loadedBeside([{ name: nameOf(path), ruleSet: own }, ...dumps]);
    return inOrder || !loads ? ruleSet : { ...ruleSet, loads };
  });
}

function onlyName({ hosts: [first, second] }: Policy): string | undefined {
  return second ? undefined : first?.name;
}

/** The rules of the top level, and those that hosts have of their own, as they become. */
function withRules(policy: Policy, become: (ruleSet: RuleSet) => RuleSet): Policy {
  const { ruleSet, ownRules } = policy;
  return {
    ...policy,
    ruleSet: become(ruleSet),
    ...(ownRules && { ownRules: new Map([...ownRules].map(([host, own]) => [host, become(own)] as const)) }),
  };
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : basename(path);
}
