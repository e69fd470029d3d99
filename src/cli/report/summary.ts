// Many traced packets in short: what decided about how many, and which rules had logged them.
import { formatAddress } from '../../core/datatype/address.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import { verdictToJson } from '../../core/trace/json.ts';
import type { Way } from '../../core/trace/step.ts';
import type { Decision, LoggedWith, Sources, Tally } from '../../core/trace/tally.ts';
import type { Surface } from '../terminal.ts';
import { loggingRuleText, loggingRuleToJson } from './logged.ts';

/** So many source addresses are named. */
const shownSources = 5;

/** The decisions with most packets first, then the prefixes. */
export function summaryText(tally: Tally, passedOver: number, surface: Surface): string {
  const rest = passedOver === 0 ? '' : `, ${passedOver} passed over`;
  const decisions = byPackets(tally.decisions).flatMap((one) => decisionLines(one, surface));
  const logged = byPackets(tally.logged).flatMap((one) => loggedLines(one, surface));
  const below = logged.length === 0 ? [] : ['', surface.paint('strong', 'logged by'), ...logged];
  return `${[`${tally.packets} ${tally.packets === 1 ? 'packet' : 'packets'}${rest}`, ...decisions, ...below].join('\n')}\n`;
}

function byPackets<Row extends { readonly packets: number }>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows.values()].toSorted((a, b) => b.packets - a.packets);
}

const column = 9;

function decisionLines(decision: Decision, { paint }: Surface): readonly string[] {
  const { packets, trace, first, last, sources, example } = decision;
  const verdict = paint(trace.verdict === 'accept' ? 'good' : 'bad', trace.verdict);
  const indent = ' '.repeat(column + 1);
  const where = example.number === 0 ? '' : `${example.number}: `;
  return [
    '',
    `${String(packets).padStart(column)} ${verdict}  ${decidedBy(decision)}`,
    ...(first && last ? [`${indent}${paint('dim', `from ${first.text} to ${last.text}`)}`] : []),
    `${indent}${sourcesText(sources)}`,
    `${indent}${paint('dim', `${where}${example.text}`)}`,
  ];
}

function decidedBy({ trace: { verdict, ways } }: Decision): string {
  const [first] = ways;
  if (verdict !== 'depends') return wayText(first);
  const questions = first.suppositions.map(({ question }) => question);
  return `on ${questions.join(' and ')}: ${[...new Set(ways.map((way) => `${way.verdict} by ${wayText(way)}`))].join(', or ')}`;
}

function wayText({ deciding, reason, fate }: Way): string {
  if (deciding) return decidingText(deciding);
  return reason === undefined ? `${fate}: no rule looks at it` : `the stack: ${reason}`;
}

function sourcesText(sources: Sources): string {
  const all = topSources(sources);
  if (all.length === 0) return 'no source address';
  const named = all.slice(0, shownSources).map(({ address, packets }) => `${address} (${packets})`);
  const more = all.length - named.length;
  const count = `${sources.others > 0 ? 'more than ' : ''}${all.length} source${all.length === 1 ? '' : 's'}`;
  return `${count}: ${named.join(', ')}${more > 0 ? ', …' : ''}`;
}

function topSources({ family, packets }: Sources) {
  return [...packets]
    .toSorted((a, b) => b[1] - a[1])
    .map(([value, count]) => ({ address: formatAddress({ family, value }), packets: count }));
}

function loggedLines({ prefix, packets, rules, reach }: LoggedWith, { paint }: Surface): readonly string[] {
  const head = `${String(packets).padStart(column)} ${JSON.stringify(prefix)}`;
  if (rules.length === 0)
    return [
      `${head}  ${prefix.trim() === '' ? 'any rule that logs' : paint('bad', 'no rule has this prefix')}`,
    ];
  const lost = reach['not-reached'];
  return [
    ...rules.map((rule, at) => `${at === 0 ? head : ' '.repeat(head.length)}  ${loggingRuleText(rule)}`),
    ...(lost > 0 ? [`${' '.repeat(column + 1)}${paint('bad', `not reached by ${lost} of them`)}`] : []),
    ...(reach.depends > 0 ? [`${' '.repeat(column + 1)}not known of ${reach.depends} of them`] : []),
  ];
}

/** The name of this form; changes when a name in it changes its meaning. */
const summarySchema = 'hookline.trace-summary/1';

/** All of it for programs. */
export function summaryToJson(tally: Tally, passedOver: number) {
  return {
    schema: summarySchema,
    packets: tally.packets,
    passedOver,
    decisions: byPackets(tally.decisions).map(decisionToJson),
    logged: byPackets(tally.logged).map(({ prefix, packets, rules, reach }) => ({
      prefix,
      packets,
      reached: reach.reached,
      depends: reach.depends,
      notReached: rules.length === 0 ? 0 : reach['not-reached'],
      rules: rules.map(loggingRuleToJson),
    })),
  };
}

function decisionToJson({ trace, packets, first, last, sources, example }: Decision) {
  const all = topSources(sources);
  const [way] = trace.ways;
  return {
    packets,
    ...verdictToJson(trace),
    ...(way.reason !== undefined && { reason: way.reason }),
    ...(first && last && { first: first.text, last: last.text }),
    sources: all.slice(0, 20),
    differentSources: all.length,
    ...(sources.others > 0 && { packetsOfOtherSources: sources.others }),
    example,
  };
}
