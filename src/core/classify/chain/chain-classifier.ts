// Verdicts of a base chain on many packets, with the rule that decides each: the same that a trace gives, found in indexes of
// its rules.
//
//   columns.ts         many packets, one typed array for each part; row.ts writes and reads one
//   part.ts            the parts, numbered; watched-packet.ts  a packet that tells which of them are read
//   conditions.ts      what a condition is on, and for which values it holds
//   rule-parts.ts      a rule as a head of such conditions, and the rest
//   ordered-classes.ts, plain-classes.ts  the classes of values that conditions tell apart
//   rule-head.ts, rule-groups.ts, segments.ts, rule-tree.ts, rule-finder.ts  the first rule whose head holds
//   rule-tail.ts       what a rule does then
//   program.ts         all of it, for packets that have the same headers; walk.ts goes through it
//   chain-trace.ts     a trace of the chain alone, for what nothing else can tell
import type { Chain, RuleSet } from '../../ir/ruleset.ts';
import type { HookedChain } from '../../trace/order.ts';
import { packetAtHand, plainColumns } from './at-hand.ts';
import {
  type ChainName,
  type Classified,
  hookedChain,
  type Surroundings,
  traceHooked,
} from './chain-trace.ts';
import { type Arrival, type PacketColumns, packetColumns } from './columns.ts';
import { programsOf } from './programs.ts';
import { arrivalAt, writeRow } from './row.ts';
import { firstLeap, outcome } from './rule-tail.ts';
import { chainVerdicts, newVerdicts, type Verdicts } from './verdicts.ts';
import { type Walked, walk } from './walk.ts';

/** Classifies packets that come to one base chain. */
export interface ChainClassifier {
  /** The chains of its table by the numbers that verdicts have for them. */
  readonly chains: readonly string[];
  /** All rows of the columns; `into` takes the verdicts where it is given, and has as many rows. */
  classify(packets: PacketColumns, into?: Verdicts): Verdicts;
  classifyOne(arrival: Arrival): Classified;
  /** So many packets were left to traces of the chain so far. */
  traces(): number;
  /** What its indexes take so far. They are made for packets of the same headers when the first of them comes. */
  bytes(): number;
}

/** A classifier for a base chain; undefined where there is none of that name. */
export function createClassifier(
  ruleSet: RuleSet,
  name: ChainName,
  around: Surroundings = {},
): ChainClassifier | undefined {
  const hooked = hookedChain(ruleSet, name);
  return hooked && classifierOf(ruleSet, hooked, around);
}

/** The verdicts of a program; whatever else it says is that of the policy. */
const verdictOf: readonly number[] = Array.from({ length: firstLeap }, (_, found) =>
  chainVerdicts.findIndex((verdict) => verdict !== 'depends' && outcome[verdict] === found),
);

function classifierOf(ruleSet: RuleSet, hooked: HookedChain, around: Surroundings): ChainClassifier {
  const { table, chain: baseChain, base } = hooked;
  const chains = [baseChain, ...table.chains.filter((one) => one !== baseChain)];
  const numbers = new Map(chains.map(({ name }, number) => [name, number]));
  const names = [''];
  const hand = packetAtHand(packetColumns(1));
  const programs = programsOf({
    table,
    hook: base.hook,
    chains,
    numbers,
    names,
    hand,
    host: around.host,
  });
  const walked: Walked = { chain: 0, rule: 0, behind: [] };
  const policy = chainVerdicts.indexOf(base.policy);

  let traces = 0;
  const byTrace = (into: Verdicts, row: number) => {
    traces++;
    const { verdict, deciding } = traceHooked(ruleSet, hooked, arrivalAt(hand.columns, row), around);
    into.verdict[row] = chainVerdicts.indexOf(verdict);
    into.chain[row] = deciding ? (numbers.get(deciding.chain) ?? 0) : 0;
    into.rule[row] = deciding?.by === 'rule' ? deciding.index : deciding ? 0 : -1;
  };
  const classifyRow = (into: Verdicts, row: number) => {
    hand.row = row;
    const program = programs.forPacketAtHand();
    const found = program ? walk(program, walked) : outcome.open;
    if (found === outcome.open) {
      byTrace(into, row);
      return;
    }
    const isPolicy = found === outcome.return;
    into.verdict[row] = isPolicy ? policy : (verdictOf[found] ?? 0);
    into.chain[row] = isPolicy ? 0 : walked.chain;
    into.rule[row] = isPolicy ? 0 : walked.rule;
  };
  const classify = (packets: PacketColumns, into = newVerdicts(packets.count)) => {
    hand.columns = packets;
    hand.plain = plainColumns(packets);
    const hasUntold = packets.untold.size > 0;
    hand.places = placesOf(packets.names, names);
    for (let row = 0; row < packets.count; row++)
      if (hasUntold && packets.untold.has(row)) byTrace(into, row);
      else classifyRow(into, row);
    return into;
  };
  const alone = packetColumns(1);
  const answer = newVerdicts(1);
  return {
    chains: chains.map(({ name }) => name),
    classify,
    classifyOne: (arrival) => {
      writeRow(alone, 0, arrival);
      classify(alone, answer);
      return classifiedAt(answer, 0, hooked, chains);
    },
    traces: () => traces,
    bytes: () => programs.bytes(),
  };
}

/** Where the names of columns stand among those of the classifier, which gets those that are new. */
function placesOf(given: readonly string[], names: string[]): Uint32Array {
  const known = new Map(names.map((name, place) => [name, place]));
  return Uint32Array.from(given, (name) => {
    const place = known.get(name) ?? names.push(name) - 1;
    known.set(name, place);
    return place;
  });
}

/** The answer of a row, with the rule itself. */
function classifiedAt(
  { verdict, chain, rule }: Verdicts,
  row: number,
  { table }: HookedChain,
  chains: readonly Chain[],
): Classified {
  const index = rule[row] ?? -1;
  const where = chains[chain[row] ?? 0];
  const found = chainVerdicts[verdict[row] ?? 0] ?? 'depends';
  if (!where || index < 0) return { verdict: found };
  const place = { family: table.family, table: table.name, chain: where.name };
  const one = where.rules[index - 1];
  if (!one) return { verdict: found, deciding: { by: 'policy', ...place } };
  return { verdict: found, deciding: { by: 'rule', ...place, index, rule: one } };
}
