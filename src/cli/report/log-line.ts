// A line of a log explained: the packet, which rule logged it, and what decides about it.
import { z } from 'zod';
import { formatInjection } from '../../core/packet/format.ts';
import type { LoggedPacket } from '../../core/packet/log-line.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import { decidingToJson } from '../../core/trace/json.ts';
import { type LoggingRule, reachOf, rulesWithPrefix } from '../../core/trace/logged.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { unknownsOf } from '../../core/trace/unknowns.ts';
import { deciding, rulePlace } from '../schema/connection.ts';
import type { Surface } from '../terminal.ts';
import { loggedBy, loggedText, loggedToJson } from './logged.ts';

/** A packet of a log, and its trace. */
export interface ExplainedLine {
  /** Its line in the log, from 1. */
  readonly number: number;
  readonly logged: LoggedPacket;
  readonly traced: Trace;
  /** All rules that may have written it. */
  readonly logging: readonly LoggingRule[];
}

/** How many lines of a log were what. */
export interface LogCount {
  packets: number;
  /** Lines that tell of no packet. */
  others: number;
  /** Lines that tell of one, but not all that is needed. */
  unreadable: number;
}

const count = z.number().int();

/** What `explain --log --json` prints of each packet. */
export const loggedLine = z
  .object({
    schema: z.literal('hookline.logged/1'),
    line: count.describe('its number in the log, from 1'),
    time: z.string().optional().describe('as the line has it'),
    packet: z.string().describe('as a packet spec'),
    verdict: z.enum(['accept', 'drop', 'reject', 'queue', 'depends']),
    fate: z.string().describe('where the packet ends'),
    reason: z.string().optional().describe('why the stack, and no rule, drops it'),
    deciding: deciding.optional(),
    dependsOn: z.array(z.string()).optional().describe('with `depends`: what is not known'),
    logged: z.object({
      prefix: z.string(),
      reach: z
        .enum(['reached', 'depends', 'not-reached', 'unknown-prefix'])
        .describe('whether the packet comes to one of the rules'),
      rules: z.array(z.object(rulePlace).omit({ index: true })).describe('those with the prefix'),
    }),
  })
  .describe('a packet of a log, with the rule that logged it and what decides about it');

/** What it prints at the end. */
export const logSummary = z
  .object({
    schema: z.literal('hookline.log-summary/1'),
    packets: count,
    others: count.describe('lines that tell of no packet'),
    unreadable: count.describe('lines of a packet that could not be followed'),
  })
  .describe('how many lines of a log were what');

/** A few lines for a reader. */
export function explainedLine({ logged, traced, logging }: ExplainedLine, surface: Surface): string {
  const { paint } = surface;
  const { time, prefix, injection } = logged;
  const [{ deciding: by, reason }] = traced.ways;
  const mark = paint(traced.verdict === 'accept' ? 'good' : 'bad', traced.verdict);
  const why = traced.verdict === 'depends' ? dependsText(traced) : (reason ?? (by && decidingText(by)));
  return [
    [time && paint('dim', time.text), paint('strong', formatInjection(injection))].filter(Boolean).join('  '),
    `${mark}${why === undefined ? '' : `  ${why}`}`,
    `${loggedText(loggedBy(prefix, traced, likely(prefix, traced, logging)), surface)}\n`,
  ].join('\n');
}

/** Of several rules with the prefix those that the packet may come to, if there are any. */
function likely(prefix: string, traced: Trace, logging: readonly LoggingRule[]): readonly LoggingRule[] {
  const rules = rulesWithPrefix(logging, prefix);
  const reached = rules.filter((rule) => reachOf(traced, [rule]) !== 'not-reached');
  return reached.length > 0 ? reached : logging;
}

function dependsText(traced: Trace): string {
  return `on ${unknownsOf(traced)
    .map(({ question }) => question)
    .join('; ')}`;
}

/** The same for programs. */
export function explainedToJson({
  number,
  logged,
  traced,
  logging,
}: ExplainedLine): z.input<typeof loggedLine> {
  const { time, prefix, injection } = logged;
  const [{ deciding: by, reason }] = traced.ways;
  const isKnown = traced.verdict !== 'depends';
  return {
    schema: 'hookline.logged/1',
    line: number,
    ...(time && { time: time.text }),
    packet: formatInjection(injection),
    verdict: traced.verdict,
    fate: traced.fate,
    ...(isKnown && reason !== undefined && { reason }),
    ...(isKnown && by && { deciding: decidingToJson(by) }),
    ...(!isKnown && { dependsOn: unknownsOf(traced).map(({ question }) => question) }),
    logged: loggedToJson(loggedBy(prefix, traced, likely(prefix, traced, logging))),
  };
}

/** One line about all of a log. */
export function logCountText({ packets, others, unreadable }: LogCount): string {
  return `${packets} ${packets === 1 ? 'packet' : 'packets'}, ${unreadable} that could not be followed, ${others} other lines passed over\n`;
}

/** The same for programs. */
export function logCountToJson(counted: LogCount): z.input<typeof logSummary> {
  return { schema: 'hookline.log-summary/1', ...counted };
}
