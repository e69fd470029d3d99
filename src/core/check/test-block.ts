// `test` blocks: packets in order, each with what is expected of it.

import { milliseconds } from '../datatype/milliseconds.ts';
import { parseTime } from '../datatype/time.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Clock } from '../field/view.ts';
import type { Expectation, ExpectedFate, PolicyTest, TestStep } from '../ir/policy.ts';
import { parsePacketSpec } from '../packet/spec.ts';
import type { Statement, TestBlock } from '../syntax/ast.ts';
import type { Name, Text } from '../syntax/term.ts';
import { type Cursor, complainAt, peek, place, spanSince, takeMark, takeWord } from './cursor.ts';
import { readEndpoint } from './endpoint.ts';
import { readCount, readDevice } from './host-value.ts';
import { finishLine, readLines, refuseBlock, reportUnknownWord } from './line.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** What a test is read with. */
export interface TestContext {
  readonly scope: Scope;
  readonly report: Report;
  /** Names of the hosts that the policy declares. */
  readonly hosts: readonly Name[];
}

/** A step that further lines may add to. */
interface Step {
  readonly send: TestStep['send'] | undefined;
  readonly after?: number;
  readonly expectations: Expectation[];
  readonly span: TestStep['span'];
}

/** A test; what is wrong in it is reported and left out. */
export function checkTest(test: TestBlock, context: TestContext): PolicyTest {
  const { report, hosts } = context;
  const steps: Step[] = [];
  const on: string[] = [];
  const times: Clock[] = [];
  const readers = new Map([
    ['on', (cursor: Cursor) => on.push(...readHost(cursor, hosts))],
    ['at', (cursor: Cursor) => times.push(...readTime(cursor))],
    ['packet', (cursor: Cursor, line: Statement) => steps.push(readPacket(cursor, line))],
    ['expect', (cursor: Cursor) => expectOf(cursor, steps.at(-1))],
    ['reply', (cursor: Cursor, line: Statement) => readReply(cursor, line, steps)],
  ]);
  for (const line of test.statements) refuseBlock(line, report);
  readLines(test.statements, readers, context.scope, report);
  const [host] = on;
  const [clock] = times;
  if (host === undefined && hosts.length > 1) reportNoHost('test', test.title, report);
  const done = steps.flatMap(({ send, ...step }) => (send ? [{ send, ...step }] : []));
  return {
    title: test.title.value,
    ...(test.protect && { protect: test.protect }),
    ...(host !== undefined && { host }),
    ...(clock && { clock }),
    steps: done,
    span: test.span,
  };
}

/** Reports a test or assertion that must say on which of several hosts it runs. */
export function reportNoHost(kind: 'test' | 'assertion', { span }: Text, report: Report): void {
  report.complain('HK2029', `the policy has several hosts, and this ${kind} does not say on which it runs`, {
    span,
    help: 'begin it with `on` and the name of a host',
  });
}

/** Takes the name of a host behind `on`; reports one that is none. */
export function readHost(cursor: Cursor, hosts: readonly Name[]): readonly string[] {
  const next = peek(cursor);
  if (next?.term.kind !== 'word') {
    complainAt(cursor, next, 'HK3009', 'the name of a host is missing');
    return [];
  }
  cursor.at++;
  finishLine(cursor);
  const { text } = next.term;
  if (hosts.some((host) => host.text === text)) return [text];
  const help = nearestName(
    text,
    hosts.map((host) => host.text),
  );
  complainAt(cursor, next, 'HK2029', `no host is called \`${text}\``, { help });
  return [text];
}

/** Takes the time at which the first packet comes, behind `at`. */
function readTime(cursor: Cursor): readonly Clock[] {
  const next = peek(cursor);
  const text = next?.term.kind === 'string' ? next.term.value : '';
  const time = parseTime(text);
  if (time) {
    cursor.at++;
    finishLine(cursor);
    return [time];
  }
  complainAt(cursor, next, 'HK3009', 'a time such as `"2030-01-31 09:30 +01:00"` is missing');
  return [];
}

/** A packet's line is one of its own language up to its end. */
function readPacket(cursor: Cursor, line: Statement): Step {
  const { span } = line;
  const { value, diagnostics } = parsePacketSpec(span.source, { ...span, start: place(cursor).start });
  cursor.report.add(diagnostics);
  return { send: value, expectations: [], span };
}

function readReply(cursor: Cursor, { span }: Statement, steps: Step[]): void {
  if (steps.length === 0) {
    complainAt(cursor, cursor.terms[0], 'HK2030', 'no packet stands before this reply');
    return;
  }
  const after = takeWord(cursor, 'after') ? readCount(cursor, milliseconds) : 0;
  if (after === undefined) return;
  const step: Step = { send: 'reply', ...(after > 0 && { after: after / 1000 }), expectations: [], span };
  steps.push(step);
  if (takeWord(cursor, 'expect')) expectOf(cursor, step);
  else if (peek(cursor)) reportUnknownWord(cursor, after > 0 ? ['expect'] : ['after', 'expect']);
}

function expectOf(cursor: Cursor, step: Step | undefined): void {
  if (!step) {
    complainAt(cursor, cursor.terms[0], 'HK2030', 'no packet stands before this expectation');
    return;
  }
  do {
    const expectation = readExpectation(cursor);
    if (!expectation) return;
    step.expectations.push(expectation);
  } while (takeMark(cursor, ','));
  finishLine(cursor);
}

const verdicts = ['accept', 'drop', 'reject'] as const;
const sides = ['dnat', 'snat', 'source', 'destination'] as const;
const fates = {
  forwarded: 'forwarded',
  sent: 'sent',
  delivered: 'delivered-local',
} as const satisfies Record<string, ExpectedFate>;

function readExpectation(cursor: Cursor): Expectation | undefined {
  const start = cursor.at;
  const verdict = takeWord(cursor, ...verdicts);
  if (verdict) return { kind: 'verdict', verdict, span: spanSince(cursor, start) };
  const side = takeWord(cursor, ...sides);
  if (side) return readAddressExpectation(cursor, side, start);
  const fate = takeWord(cursor, 'forwarded', 'sent', 'delivered');
  if (fate) return readFate(cursor, fates[fate], start);
  return reportUnknownWord(cursor, [...verdicts, ...Object.keys(fates), ...sides]);
}

/** `dnat` and `snat` alone ask for any translation. */
function readAddressExpectation(
  cursor: Cursor,
  side: (typeof sides)[number],
  start: number,
): Expectation | undefined {
  const next = peek(cursor)?.term;
  const alone = !next || (next.kind === 'mark' && next.text === ',');
  const endpoint = alone && (side === 'dnat' || side === 'snat') ? {} : readEndpoint(cursor, undefined);
  if (!endpoint) return undefined;
  const { address, port } = endpoint;
  const span = spanSince(cursor, start);
  return { kind: 'address', side, ...(address && { address }), ...(port && { port }), span };
}

function readFate(cursor: Cursor, fate: ExpectedFate, start: number): Expectation | undefined {
  const wantsDevice = takeWord(cursor, 'out');
  const out = wantsDevice ? readDevice(cursor) : undefined;
  if (wantsDevice && out === undefined) return undefined;
  return { kind: 'fate', fate, ...(out !== undefined && { out }), span: spanSince(cursor, start) };
}
