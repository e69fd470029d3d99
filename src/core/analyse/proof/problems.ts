// What the proof of a compiled text has to say to who compiles.

import type { Node } from '../../bdd/bdd.ts';
import type { BackEnd } from '../../compile.ts';
import { type Diagnostic, diagnostic, type Example } from '../../diagnostic/diagnostic.ts';
import type { RuleSet } from '../../ir/ruleset.ts';
import { formatInjection, formatPacket } from '../../packet/format.ts';
import type { Injection } from '../../packet/packet.ts';
import { emittedRules } from '../../source-map/emitted-rules.ts';
import { lineText, locationOf } from '../../text/source.ts';
import type { Way } from '../../trace/step.ts';
import { outcomeKey, type Trace, trace } from '../../trace/trace.ts';
import { packetIn } from '../lint/exact/packet.ts';
import type { Space } from '../space.ts';
import { type Proof, proveCompiled } from './compiled.ts';
import type { Unequal } from './prove.ts';

/**
 * Reads a compiled text again and holds it against its source, for all packets. Errors: it does something else, or can't
 * be read. Notes: parts of which that could not be shown.
 */
export function proofProblems(ruleSet: RuleSet, to: BackEnd, text: string): readonly Diagnostic[] {
  const proof = proveCompiled(ruleSet, to, text);
  if (!proof) return [];
  if (!proof.read) return proof.unread.slice(0, 1).map((one) => unread(one, { ruleSet, to }));
  return [
    ...proof.misplaced.map((what) =>
      diagnostic('HK4011', `${what} hangs elsewhere in what was made of it for ${to}`),
    ),
    ...proof.unequal.map((one) => unequal(one, proof, { ruleSet, to })),
  ];
}

interface Compiled {
  readonly ruleSet: RuleSet;
  readonly to: BackEnd;
}

function unread({ message, span }: Diagnostic, { ruleSet, to }: Compiled): Diagnostic {
  const line = span ? lineText(span.source, locationOf(span).line).trim() : '';
  const rule = emittedRules(ruleSet, to).find(({ text }) => text === line)?.rule;
  if (rule) return diagnostic('HK4014', `${to} does not take \`${line}\`: ${message}`, { span: rule.span });
  const place = line === '' ? '' : `: \`${line}\``;
  return diagnostic('HK4010', `the text for ${to} can't be read again, ${message}${place}`);
}

/** The difference is only said where a packet shows it. */
function unequal(one: Unequal, { space, read }: Proof, { ruleSet, to }: Compiled): Diagnostic {
  const {
    pair,
    rules: [rules],
    packets,
  } = one;
  const { table, chain } = pair.one;
  const where = `chain \`${chain}\` of table \`${table.family} ${table.name}\``;
  const span = rules.find((rule) => rule.span)?.span;
  const example =
    read && exampleOf(packetIn(space, mostCertain(space, packets), pair.hook), ruleSet, read, to);
  if (example)
    return diagnostic('HK4011', `${to} would treat packets otherwise than ${where}`, { span, example });
  const free = space.freeIn(packets).slice(0, 3);
  const because = free.length > 0 ? `, which depends on ${free.map((name) => `\`${name}\``).join(', ')}` : '';
  return diagnostic('HK4012', `it is not proved that ${to} does what ${where} says here${because}`, { span });
}

/** Those for which it does not matter what nobody can tell, if there are any. */
function mostCertain(space: Space, packets: Node): Node {
  const certain = space.bdd.forall(packets, space.freeVariables());
  return certain === 0 ? packets : certain;
}

function exampleOf(
  injection: Injection | undefined,
  ruleSet: RuleSet,
  read: RuleSet,
  to: BackEnd,
): Example | undefined {
  if (!injection) return undefined;
  const traced = [ruleSet, read].map((rules) => trace({ ruleSet: rules, injection }));
  const [here, there] = traced.map((one) => everyWay(one, outcomeKey));
  if (here === there) return undefined;
  const [short, others] = traced.map((one) => everyWay(one, fateText));
  const [mine, its] = short === others ? traced.map((one) => everyWay(one, packetText)) : [short, others];
  return { packet: formatInjection(injection), outcome: `${mine} by the policy, and ${its} by ${to}` };
}

/** Every way that the packet may take. */
function everyWay({ ways }: Trace, textOf: (way: Way) => string): string {
  return [...new Set(ways.map(textOf))].toSorted().join(' or ');
}

/** Where only what becomes of the packet itself differs. */
function packetText(way: Way): string {
  return `${fateText(way)} as ${formatPacket(way.packet)}`;
}

function fateText({ verdict, fate, out }: Way): string {
  return `${verdict} (${fate}${out === undefined ? '' : ` by ${out}`})`;
}
