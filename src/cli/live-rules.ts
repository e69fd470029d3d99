// What `trace --live` knows of the machine: its rules beside those of the policy, the host, and which packets are meant.
import { readFileSync } from 'node:fs';
import type { Question } from '../core/ir/policy.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import { filterWords } from '../core/live/filter.ts';
import { asLoaded, type Installed, installedRules } from '../core/live/installed.ts';
import { ownTableText } from '../core/live/own-table.ts';
import { detectKind, loadPolicy, type PolicyKind } from '../core/load.ts';
import type { Host } from '../core/topology/host.ts';
import { run } from '../host/exec.ts';
import { readMachine } from '../host/live/machine.ts';
import { type Context, loadOptions } from './context.ts';
import { demand, wrongUsage } from './failure.ts';
import { type HostOptions, readInForce } from './hosts.ts';

/** How the policy is named, and what else the command line brings that `--live` has no use for. */
export interface LiveQuestion extends HostOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
}

/** The rules that packets meet. */
export interface LiveRules {
  /** Reads what the kernel has now. */
  readonly refresh: () => Promise<void>;
  readonly installed: () => Installed;
  /** Absent where it can't be told, for this reason. */
  readonly host: () => Host | undefined;
  readonly hostProblem: string | undefined;
  /** Tables of iptables' legacy variant, which nft does not tell of. */
  readonly unseen: readonly string[];
  /** The command that makes the table. Throws a {@link Failure} where the filter can't be said. */
  readonly tableText: (name: string, lease: number) => (isOwned: boolean) => string;
}

/** Reads the policy and the machine. Throws a {@link Failure}. */
export async function readLiveRules(
  context: Context,
  path: string,
  words: readonly string[],
  options: LiveQuestion,
): Promise<LiveRules> {
  const { expected, question, direction, host: named } = await readAsked(context, path, words, options);
  const machine = named ?? (await readMachine());
  const host = typeof machine === 'string' ? undefined : machine;
  let installed: Installed | undefined;
  const current = () => {
    if (!installed) throw new Error('the rules of the machine are read first');
    return installed;
  };
  return {
    refresh: async () => {
      const before = installed;
      const now = installedRules(await readRules(), expected);
      // Packets on their way name rules that are gone meanwhile.
      const find: Installed['find'] = (...place) => now.find(...place) ?? before?.find(...place);
      installed = { ...now, find };
    },
    installed: current,
    host: () => host,
    hostProblem: typeof machine === 'string' ? machine : undefined,
    unseen: legacyTables(),
    tableText: (name, lease) => {
      const { tracksConnections } = current();
      const filter = { name, filter: question, direction, lease, tracksConnections };
      return (isOwned) => demand(ownTableText({ ...filter, isOwned }), context.report);
    },
  };
}

interface Asked {
  /** What the kernel should have. */
  readonly expected: RuleSet;
  readonly question: Question;
  readonly direction: 'in' | 'out' | undefined;
  readonly host: Host | undefined;
}

async function readAsked(
  context: Context,
  path: string,
  words: readonly string[],
  options: LiveQuestion,
): Promise<Asked> {
  if (words.length === 0)
    throw wrongUsage('it is not said which packets', "for example `'ip saddr 10.0.0.5 tcp dport 443'`");
  const { words: filter, direction } = demand(filterWords(words.join(' ')), context.report);
  const source = demand(await context.read(path), context.report);
  const kind = options.from ?? detectKind(source);
  const asked = { name: '<packet>', text: `any ${filter}` };
  const loading = { ...(await loadOptions(context, source, options.ipset)), question: asked };
  const policy = demand(loadPolicy(source, kind, loading), context.report);
  const { ruleSet, host } = await readInForce(context, policy, options);
  const expected = kind === 'hook' ? demand(asLoaded(ruleSet), context.report) : ruleSet;
  if (!policy.question) throw new Error('a question that was read is there');
  return { expected, question: policy.question, direction, host };
}

/** Those of the kernel, without what hookline itself adds to trace. */
async function readRules(): Promise<RuleSet> {
  const text = await run('nft', ['-j', 'list', 'ruleset'], { timeoutMs: 60_000 });
  const read = loadPolicy({ name: 'nft -j list ruleset', text }, 'nft-json');
  const { ruleSet } = demand(read, () => {});
  return { ...ruleSet, tables: ruleSet.tables.filter(({ name }) => !name.startsWith('hookline_live_')) };
}

/** By what the kernel lists of a network namespace to root: net/netfilter/x_tables.c, xt_table_seq_show. */
function legacyTables(): readonly string[] {
  return (['iptables', 'ip6tables'] as const).flatMap((program) => {
    const path = `/proc/net/${program.replace('tables', '_tables')}_names`;
    return namesIn(path).map((name) => `${program} ${name}`);
  });
}

function namesIn(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
