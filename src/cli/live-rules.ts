// What `trace --live` knows of the machine: its rules beside those of the policy, the host, and which packets are meant.
import type { Question } from '../core/ir/policy.ts';
import type { RuleSet, Table } from '../core/ir/ruleset.ts';
import { filterWords } from '../core/live/filter.ts';
import { asLoaded, type Installed, installedRules } from '../core/live/installed.ts';
import { ownTablePrefix, ownTableText } from '../core/live/own-table.ts';
import { detectKind, loadPolicy, type PolicyKind } from '../core/load.ts';
import { rulesOfSnapshot } from '../core/snapshot/rules.ts';
import { missingProblems } from '../core/snapshot/snapshot.ts';
import type { Host } from '../core/topology/host.ts';
import { readLive } from '../host/snapshot/read.ts';
import { type Context, loadOptions } from './context.ts';
import { demand, Failure, wrongUsage } from './failure.ts';
import { findHost, type HostOptions, readInForce } from './hosts.ts';
import { live } from './input.ts';

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
  readonly host: Host | undefined;
  readonly hostProblem: string | undefined;
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
  const machine = named ?? (await readMachine(context));
  let installed: Installed | undefined;
  const current = () => {
    if (!installed) throw new Error('the rules of the machine are read first');
    return installed;
  };
  return {
    refresh: async () => {
      const before = installed;
      const { ruleSet, nftTables } = await readRules();
      const now = installedRules(ruleSet, expected, nftTables);
      // Packets on their way name rules that are gone meanwhile.
      const find: Installed['find'] = (...place) => now.find(...place) ?? before?.find(...place);
      installed = { ...now, find };
    },
    installed: current,
    host: typeof machine === 'string' ? undefined : machine,
    hostProblem: typeof machine === 'string' ? machine : undefined,
    tableText: (name, lease) => {
      const { tracksConnections } = current();
      const filter = { name, filter: question, direction, lease, tracksConnections };
      return (isOwned) => demand(ownTableText({ ...filter, isOwned }), context.report);
    },
  };
}

/** A sentence where it can't be told. */
async function readMachine(context: Context): Promise<Host | string> {
  try {
    return await findHost({ ...context, report: () => {} }, [live], undefined);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
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

/** What the machine has, and how many of its tables are of nft. */
interface MachineRules {
  readonly ruleSet: RuleSet;
  readonly nftTables: number;
}

const partsOfRules = [
  'nft-json',
  'nft-hooks',
  'iptables-nft',
  'ip6tables-nft',
  'iptables-legacy',
  'ip6tables-legacy',
  'ipset',
] as const;

/** Without what hookline itself adds to trace. Throws a {@link Failure} where nft may not be asked. */
async function readRules(): Promise<MachineRules> {
  const snapshot = await readLive({ only: partsOfRules });
  const unread = missingProblems(snapshot, (part) => part === 'nft-json');
  if (unread.length > 0) throw new Failure(unread);
  const { 'iptables-legacy': _legacy, 'ip6tables-legacy': _legacy6, ...parts } = snapshot.parts;
  const nft = demand(rulesOfSnapshot({ ...snapshot, parts }, live), () => {});
  const all = demand(rulesOfSnapshot(snapshot, live), () => {});
  return withoutOwn(all, nft.tables.length);
}

function withoutOwn({ tables, ...rest }: RuleSet, nftTables: number): MachineRules {
  const ofNft = tables.slice(0, nftTables).filter((table) => !isOwn(table));
  const own = nftTables - ofNft.length;
  const loads = rest.loads?.map((load, at) => (at === 0 ? { ...load, tables: load.tables - own } : load));
  return {
    ruleSet: { ...rest, tables: [...ofNft, ...tables.slice(nftTables)], ...(loads && { loads }) },
    nftTables: ofNft.length,
  };
}

function isOwn({ name }: Table): boolean {
  return name.startsWith(ownTablePrefix);
}
