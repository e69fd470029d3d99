// Neighbouring rules that differ in one value only, as one rule with a set: `from A accept`, `from B accept` … become
// `from { A, B } accept`. Only where iptables is given the very same lines for both, so that nothing can be lost: what
// counts, jumps or logs is written otherwise for a set whenever that would make a difference. What keeps a state, as a
// limit does, has one for each rule.
import { checkPolicy } from '../check/check.ts';
import { emitIptables } from '../iptables/emit.ts';
import { partText } from '../ir/rule-text.ts';
import type { Chain, Part, Rule, Table } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { parsePolicy } from '../syntax/parse.ts';
import type { Remarks } from './remarks.ts';

/** So many rules are worth a set. */
const shortest = 4;

/** The rules of a chain of IPv4 or IPv6 with such runs folded. */
export function foldRules(chain: Chain, table: Table, remarks: Remarks): readonly Rule[] {
  if (table.family !== 'ip' && table.family !== 'ip6') return chain.rules;
  const folded: Rule[] = [];
  for (let at = 0; at < chain.rules.length; ) {
    const run = runFrom(chain.rules, at, remarks);
    const one = run.length >= shortest ? fold(run, chain, table) : undefined;
    const kept = one ? [one] : run;
    for (const rule of kept) folded.push(rule);
    at += run.length;
  }
  return folded;
}

/** The rule and those behind it that differ from it in the same part. */
function runFrom(rules: readonly Rule[], start: number, remarks: Remarks): readonly Rule[] {
  const first = rules[start];
  if (!first) return [];
  const run = [first];
  let place: number | undefined;
  for (let index = start + 1; index < rules.length; index++) {
    const next = rules[index];
    const at = next && differingPart(first, next);
    if (!next || at === undefined || (place ?? at) !== at) break;
    if (hasRemarks(next, remarks) || remarks.behind(first.span).length > 0) break;
    place = at;
    run.push(next);
  }
  return run;
}

function hasRemarks({ span }: Rule, { above, behind }: Remarks): boolean {
  return above(span).length > 0 || behind(span).length > 0;
}

/** Where two rules differ, if it is in one match with the same key. */
function differingPart(one: Rule, other: Rule): number | undefined {
  if (one.parts.length !== other.parts.length) return undefined;
  const places = one.parts.flatMap((part, at) => (isSame(part, other.parts[at]) ? [] : [at]));
  const [at, second] = places;
  if (at === undefined || second !== undefined) return undefined;
  const [left, right] = [one.parts[at], other.parts[at]];
  return left?.kind === 'match' && right?.kind === 'match' && left.key === right.key ? at : undefined;
}

function isSame(one: Part, other: Part | undefined): boolean {
  return other !== undefined && one.kind === other.kind && partText(one) === partText(other);
}

/** One rule for a run, if iptables is given the same lines for it. */
function fold(run: readonly Rule[], chain: Chain, table: Table): Rule | undefined {
  const [first, second] = run;
  const at = first && second && differingPart(first, second);
  const old = at === undefined ? undefined : first?.parts[at];
  if (!first || old?.kind !== 'match' || at === undefined || first.parts.some(mayKeepState)) return undefined;
  const values = run.map((rule) => singleValue(rule.parts[at], old.key));
  if (values.some((value) => value === undefined) || new Set(values).size < run.length) return undefined;
  const part = readMatch(`${old.key} { ${values.join(', ')} }`, table);
  const folded = part && { ...(first.span && { span: first.span }), parts: first.parts.with(at, part) };
  return folded && linesOf([folded], chain, table) === linesOf(run, chain, table) ? folded : undefined;
}

function mayKeepState(part: Part): boolean {
  return part.kind === 'opaque' || (part.kind === 'match' && findMatch(part.key)?.stateful === true);
}

/** What a match compares with, where it is one plain value. */
function singleValue(part: Part | undefined, key: string): string | undefined {
  const text = part ? partText(part) : '';
  const value = text.startsWith(`${key} `) ? text.slice(key.length + 1) : '';
  return /^(?:[A-Za-z0-9_.:/-]+|"[^"\\]*")$/.test(value) ? value : undefined;
}

function readMatch(text: string, { family }: Table): Part | undefined {
  const source = { name: 'rule', text: `table ${family} t { chain c { ${text} } }` };
  const rules = checkPolicy(parsePolicy(source).file).value?.ruleSet.tables[0]?.chains[0]?.rules ?? [];
  const [part, ...others] = rules.flatMap(({ parts }) => parts);
  return others.length === 0 ? part : undefined;
}

/** What iptables-restore is given for some rules of a chain. */
function linesOf(rules: readonly Rule[], chain: Chain, table: Table): string | undefined {
  const chains = [{ ...chain, rules }, ...targetsOf(rules, table)];
  const family = table.family === 'ip6' ? 'ip6' : 'ip';
  return emitIptables({ tables: [{ ...table, chains, opaque: [] }] }, family).value;
}

/** The chains that rules lead to, which need not hold anything here. */
function targetsOf(rules: readonly Rule[], { chains }: Table): readonly Chain[] {
  const names = rules[0]?.parts.flatMap((part) =>
    part.kind === 'statement' ? (findStatement(part.key)?.chain?.(part.args) ?? []) : [],
  );
  return chains.filter(({ name }) => names?.includes(name)).map((one) => ({ ...one, rules: [] }));
}
