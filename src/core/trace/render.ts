// A trace as text for people: every hook with its chains, every rule with the condition that failed, and the answer.
import { formatEntry } from '../conntrack/format.ts';
import { isUnknown } from '../field/view.ts';
import { formatInjection, formatPacket } from '../packet/format.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import { type Paint, plain } from '../text/style.ts';
import { decidingText } from './deciding-text.ts';
import { renderAnswers } from './render-answer.ts';
import { renderRules } from './render-rules.ts';
import type { CaptureStep, RuleStep, Step, TraceVerdict, Way } from './step.ts';
import type { Trace } from './trace.ts';
import { type UnknownThing, unknownsOf } from './unknowns.ts';

export interface RenderOptions {
  readonly paint?: Paint;
  /** Columns to use. */
  readonly width?: number;
}

/** The whole report, with these lines after it and a newline at its end. */
export function renderTrace(
  injection: Injection,
  trace: Trace,
  after: readonly string[],
  { paint = plain, width = 100 }: RenderOptions = {},
): string {
  const [first] = trace.ways;
  const lines = [
    `${paint('strong', 'packet')}  ${formatInjection(injection)}`,
    '',
    ...renderSteps(injection, first.steps, paint, width),
    '',
    ...renderAnswer(trace, paint),
    ...after,
  ];
  return `${lines.join('\n')}\n`;
}

/** Steps in order; neighbouring rules share one set of columns. The line of a received packet is the first capture. */
function renderSteps(
  { packet, direction }: Injection,
  steps: readonly Step[],
  paint: Paint,
  width: number,
): readonly string[] {
  const lines: string[] = [];
  let rules: RuleStep[] = [];
  let shown = packet;
  for (const step of direction === 'in' ? steps.slice(1) : steps) {
    if (step.kind === 'rule') {
      rules.push(step);
      continue;
    }
    lines.push(...renderRules(rules, paint, width), ...renderStep(step, shown, paint));
    rules = [];
    if (step.kind === 'capture') shown = step.packet;
  }
  return [...lines, ...renderRules(rules, paint, width)];
}

/** `shown`: the packet as the lines before have it. */
function renderStep(step: Exclude<Step, RuleStep>, shown: Packet, paint: Paint): readonly string[] {
  switch (step.kind) {
    case 'hook':
      return [hookLine(step, paint)];
    case 'chain': {
      const place = `${step.family} ${step.table} ${step.chain}`;
      return [`  ${paint('accent', place)}  ${paint('dim', `${step.type}, priority ${step.priority}`)}`];
    }
    case 'policy':
      return [`    ${verdictMark(step.verdict, paint)} policy ${step.verdict}`];
    case 'conntrack':
      return [`  ${paint('accent', 'conntrack')}  ${step.view?.state ?? 'off'}: ${step.why}`];
    case 'nat':
      return [
        `  ${paint('accent', 'nat')}  ${step.translated ? paint('strong', step.why) : paint('dim', step.why)}`,
      ];
    case 'routing':
      return [`${paint('strong', 'routing')}  ${step.decision}  ${paint('dim', step.why)}`];
    case 'capture':
      return [captureLine(step, headersOf(shown), paint)];
    case 'stack':
      return [`${paint('strong', 'stack')}  ${step.reason ? `${step.reason}: ` : ''}${step.why}`];
  }
}

/** With its headers only where they are not those that were shown before. */
function captureLine({ direction, device, packet }: CaptureStep, before: string, paint: Paint): string {
  const headers = headersOf(packet);
  const place = paint('dim', `${direction} ${device ?? 'an interface that is not known'}`);
  return `${paint('strong', 'capture')}  ${place}${headers === before ? '' : `  ${headers}`}`;
}

/** Without the addresses of Ethernet, which the packet has anew on every link. */
function headersOf({ link, ...packet }: Packet): string {
  return formatPacket({ ...packet, ...(packet.frame && link && { link }) });
}

function hookLine({ hook, iif, oif }: Extract<Step, { kind: 'hook' }>, paint: Paint): string {
  const interfaces = [iif && `in ${iif}`, oif && `out ${oif}`].filter(Boolean).join(' ');
  return `${paint('strong', hook)}  ${paint('dim', interfaces)}`.trimEnd();
}

function verdictMark(verdict: TraceVerdict, paint: Paint): string {
  return verdict === 'accept' ? paint('good', '✓') : paint('bad', '✗');
}

function renderAnswer(trace: Trace, paint: Paint): readonly string[] {
  const [first] = trace.ways;
  if (trace.verdict !== 'depends') return renderOutcome(first, paint);
  const head = `${paint('strong', 'verdict')}  ${paint('bad', 'depends')} on what is not known${alike(trace)}`;
  const cut = trace.complete ? [] : ['  there are more combinations than these'];
  return [
    head,
    ...unknownsOf(trace).flatMap((one) => renderUnknown(one, paint)),
    ...trace.ways.flatMap((way) => renderBranch(way, paint)),
    ...cut,
  ];
}

/** Where only what follows the verdict differs. */
function alike({ ways, complete }: Trace): string {
  const [first] = ways;
  return complete && ways.every(({ verdict }) => verdict === first.verdict)
    ? `; it is ${first.verdict} in every case`
    : '';
}

/** A thing that is not known, and what follows from each answer. */
function renderUnknown({ question, outcomes }: UnknownThing, paint: Paint): readonly string[] {
  const width = Math.max(...outcomes.map(({ answer }) => answer.length));
  return [
    `  ${paint('strong', 'depends on')} ${question}`,
    ...outcomes.map(({ answer, verdicts }) => `    ${answer.padEnd(width)}  ${verdicts.join(' or ')}`),
  ];
}

function renderBranch(way: Way, paint: Paint): readonly string[] {
  const when = way.suppositions.map(({ question, answer }) => `  when ${question}: ${answer}`);
  return ['', ...when, ...renderOutcome(way, paint).map((line) => `    ${line}`)];
}

function renderOutcome(way: Way, paint: Paint): readonly string[] {
  const verdict = paint(way.verdict === 'accept' ? 'good' : 'bad', way.verdict);
  return [
    `${paint('strong', 'verdict')}  ${verdict}${fateText(way)}`,
    ...(way.deciding ? [`${paint('strong', 'because')}  ${decidingText(way.deciding)}`] : []),
    ...connectionLine(way, paint),
    ...renderAnswers(way.answers, paint),
    ...way.unknownParts.map((part) => `${paint('strong', 'unknown')}  ${part}`),
    ...way.assumptions.map((assumption) => `${paint('strong', 'assumed')}  ${assumption}`),
  ];
}

/** What the verdict alone does not say: where an accepted packet went, or why the stack ended it. */
function fateText({ verdict, fate, out, reason, packet, pieces }: Way): string {
  if (verdict !== 'accept') return reason === undefined ? '' : `, by the stack: ${reason}`;
  return `, ${fate}${out === undefined ? '' : ` out ${out}`} as ${formatPacket(packet)}${pieces ? `, in ${pieces.length} ${pieces.length === 1 ? 'fragment' : 'fragments'}` : ''}`;
}

/** A packet that was dropped before it was confirmed leaves no connection behind. */
function connectionLine({ conntrack, verdict }: Way, paint: Paint): readonly string[] {
  const entry = conntrack?.entry;
  if (verdict !== 'accept' || !entry || isUnknown(entry)) return [];
  return [`${paint('strong', 'connection')}  ${formatEntry(entry)}`];
}
