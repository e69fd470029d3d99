// The proof that a text which a back end made of a rule set does to all packets what the rule set does: the text is read
// again, as its tool would, and both are held against each other.
import { createBdd } from '../../bdd/bdd.ts';
import { type BackEnd, compile } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { BaseChain, Chain, RuleSet, Table } from '../../ir/ruleset.ts';
import { type LoadOptions, loadPolicy, type PolicyKind } from '../../load.ts';
import type { Source } from '../../text/source.ts';
import { mentionedNames } from '../names.ts';
import { createSpace, type Space } from '../space.ts';
import { type ChainPair, type Unequal, unequalChains } from './prove.ts';

/** What is wrong with a compiled text. */
export interface Proof {
  readonly space: Space;
  /** As it was read from the text; absent where it can't be. */
  readonly read: RuleSet | undefined;
  readonly unread: readonly Diagnostic[];
  readonly unequal: readonly Unequal[];
  /** Chains that only one of both has, or that hang elsewhere, in words. */
  readonly misplaced: readonly string[];
}

const kinds: Partial<Record<BackEnd, PolicyKind>> = {
  iptables: 'iptables-save',
  ip6tables: 'ip6tables-save',
  nft: 'nft',
  'nft-json': 'nft-json',
};

/** Undefined for back ends whose texts have no rules. */
export function proveCompiled(ruleSet: RuleSet, to: BackEnd, text: string): Proof | undefined {
  const kind = kinds[to];
  if (kind === undefined) return undefined;
  const source = { name: `what was compiled to ${to}`, text };
  const isIptables = to === 'iptables' || to === 'ip6tables';
  const sets = isIptables ? compile(ruleSet, 'ipset').value : undefined;
  const ipset = sets ? { name: 'the sets', text: sets } : undefined;
  const { read, unread } = readAgain(source, kind, { ipset });
  const space = spaceFor(read ? [ruleSet, read] : [ruleSet]);
  if (!read) return { space, read, unread, unequal: [], misplaced: [] };
  const family = isIptables ? (to === 'iptables' ? 4 : 6) : undefined;
  const { pairs, misplaced } = family ? pairsByHook(ruleSet, read, family) : pairsByName(ruleSet, read);
  return { space, read, unread: [], unequal: unequalChains(space, pairs), misplaced };
}

/** A text without a command, as what has no rules for a back end is compiled to, is an empty rule set. */
function readAgain(source: Source, kind: PolicyKind, options: LoadOptions) {
  const read: RuleSet | undefined = /^(?:\s*(?:#.*)?\n)*$/.test(source.text) ? { tables: [] } : undefined;
  if (read) return { read, unread: [] };
  const { value, diagnostics } = loadPolicy(source, kind, options);
  return { read: value?.ruleSet, unread: diagnostics };
}

/** A diagram with more nodes than these is given up, with all that has not been shown. */
const mostNodes = 3_000_000;

/** A space for comparing rule sets: it throws a `RangeError` where that takes too much. */
function spaceFor(ruleSets: readonly RuleSet[]): Space {
  return createSpace(mentionedNames(ruleSets), createBdd({ tick: refuseTooMany }));
}

function refuseTooMany(nodes: number): void {
  if (nodes > mostNodes) throw new RangeError('the rules are too different to be compared');
}

/** Whether two rule sets with the same tables and chains are shown to do the same to all packets. */
export function areEqual(one: RuleSet, other: RuleSet): boolean {
  const { pairs, misplaced } = pairsByName(one, other);
  const space = spaceFor([one, other]);
  return misplaced.length === 0 && unequalChains(space, pairs).length === 0;
}

interface Pairs {
  readonly pairs: readonly ChainPair[];
  readonly misplaced: readonly string[];
}

interface Based {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: BaseChain;
}

function basedChains({ tables }: RuleSet): readonly Based[] {
  return tables.flatMap((table) =>
    table.chains.flatMap((chain) => (chain.base ? [{ table, chain, base: chain.base }] : [])),
  );
}

function nameOf({ table, chain }: Based): string {
  return `chain \`${chain.name}\` of table \`${table.family} ${table.name}\``;
}

/** nft keeps tables and chains as they are, and their order. */
function pairsByName(one: RuleSet, other: RuleSet): Pairs {
  const [these, those] = [basedChains(one), basedChains(other)];
  const misplaced: string[] = [];
  const pairs = these.flatMap((left, at): readonly ChainPair[] => {
    const right = those[at];
    if (!right || nameOf(left) !== nameOf(right) || !isSameBase(left.base, right.base)) {
      misplaced.push(nameOf(left));
      return [];
    }
    return [pairOf(left, right)];
  });
  return { pairs, misplaced: [...misplaced, ...those.slice(these.length).map(nameOf)] };
}

function pairOf(left: Based, right: Based): ChainPair {
  const [one, other] = [left, right].map(({ table, chain }) => ({ table, chain: chain.name }));
  if (!one || !other) throw new Error('there are two');
  return { one, other, hook: left.base.hook };
}

function isSameBase(one: BaseChain, other: BaseChain): boolean {
  return (
    one.type === other.type &&
    one.hook === other.hook &&
    one.priority === other.priority &&
    [...(one.devices ?? [])].toSorted().join(' ') === [...(other.devices ?? [])].toSorted().join(' ')
  );
}

/** iptables has a place for one chain at each hook and priority; those that a policy has not are empty and accept. */
function pairsByHook(one: RuleSet, other: RuleSet, family: 4 | 6): Pairs {
  const own = family === 4 ? 'ip' : 'ip6';
  const these = basedChains(one).filter(({ table }) => table.family === own || table.family === 'inet');
  const left = new Set(these);
  const misplaced: string[] = [];
  const pairs = basedChains(other).flatMap((right): readonly ChainPair[] => {
    const twin = these.find(({ base }) => isSameBase(asOfIptables(base), asOfIptables(right.base)));
    if (twin) {
      left.delete(twin);
      return [pairOf(twin, right)];
    }
    if (right.chain.rules.length > 0 || right.base.policy !== 'accept') misplaced.push(nameOf(right));
    return [];
  });
  return { pairs, misplaced: [...misplaced, ...[...left].map(nameOf)] };
}

/** The priorities of nat chains say nothing but which of them comes first (nf_nat_core.c: nf_nat_register_fn). */
function asOfIptables(base: BaseChain): BaseChain {
  return { ...base, devices: [], ...(base.type === 'nat' && { priority: 0 }) };
}
