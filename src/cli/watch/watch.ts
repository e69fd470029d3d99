// Live connections: what comes from the kernel goes to a tracker, what the tracker knows goes to a screen or to JSON.
import { quickCheckerOf } from '../../core/conntrack-check/quick.ts';
import { type Controls, press, type Request, untouched } from '../../core/conntrack-watch/controls.ts';
import type { WatchEvent } from '../../core/conntrack-watch/event.ts';
import { drawFrame } from '../../core/conntrack-watch/frame.ts';
import { newTracker, type Tracker } from '../../core/conntrack-watch/tracker.ts';
import type { WatchView } from '../../core/conntrack-watch/view.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { Host } from '../../core/topology/host.ts';
import { loggingRules } from '../../core/trace/logged.ts';
import { readTableFill } from '../../host/conntrack-events.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { deferred } from './deferred.ts';
import { type Feed, startFeed } from './feed.ts';
import { type NamedFilter, readFilter } from './filter.ts';
import { eventToJson, viewToJson } from './json.ts';
import { countLogged, type LogCount } from './logged.ts';
import { repeat } from './repeat.ts';
import { openScreen } from './screen.ts';

/** What is watched, and how. */
export interface Watching {
  readonly policy: string;
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
  readonly filter: NamedFilter;
  /** Between two screens. */
  readonly milliseconds: number;
  /** How many screens there are; without it, until somebody ends it. */
  readonly count: number | undefined;
}

/** What is at work while it is watched. */
interface Work {
  readonly watching: Watching;
  readonly tracker: Tracker;
  readonly feed: Feed;
  readonly log: LogCount;
}

/** Watches until the end. Fails if conntrack can't tell. */
export async function watchConnections(context: Context, watching: Watching): Promise<ExitCode> {
  const { ruleSet, host, filter } = watching;
  const checker = quickCheckerOf(ruleSet, host);
  const tracker = newTracker(checker, Date.now);
  tracker.show(filter.shows);
  const print = (line: object) => context.out.write(`${JSON.stringify(line)}\n`);
  const seen = (event: WatchEvent) => {
    if (context.json && (filter.shows?.(event.entry) ?? true)) print(eventToJson(event, checker));
  };
  await using feed = startFeed(tracker, seen, context.out.drained);
  await feed.ready;
  await using log = await countLogged(loggingRules(ruleSet));
  const stopChecking = repeat(checkAtTimes(tracker));
  const work: Work = { watching, tracker, feed, log };
  const shown = context.json ? streamSummaries(work, print) : showScreens(work, context);
  return await Promise.race([shown, feed.failed]).finally(stopChecking);
}

/** Of each 50 ms the half, so that events and keys have their time, and other processes, too. */
function checkAtTimes(tracker: Tracker): () => number {
  return () => {
    const end = performance.now() + 25;
    tracker.check(() => performance.now() < end);
    return 25;
  };
}

/** Intervals that go by. */
interface Intervals extends Disposable {
  /** Done after as many as were asked for. */
  readonly over: Promise<void>;
}

/** Does the work at every end of an interval, until as many are over as were asked for. */
function atIntervals({ watching, tracker, log }: Work, work: () => void): Intervals {
  const { milliseconds, count = Number.POSITIVE_INFINITY } = watching;
  const over = deferred<void>();
  let last = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    tracker.turn(seconds);
    log.turn(seconds);
    work();
    if (++done >= count) over.fulfil();
  }, milliseconds);
  return { over: over.promise, [Symbol.dispose]: () => clearInterval(timer) };
}

async function streamSummaries(work: Work, print: (line: object) => void): Promise<ExitCode> {
  using intervals = atIntervals(work, () =>
    print(
      viewToJson({
        view: work.tracker.view('connections'),
        table: readTableFill(),
        logged: work.log.logged(),
        time: new Date(),
      }),
    ),
  );
  await intervals.over;
  return exitCode.done;
}

/** 130 after Ctrl-C, as a shell has it. */
const interrupted = 130;

async function showScreens(work: Work, context: Context): Promise<ExitCode> {
  const { watching, tracker, feed, log } = work;
  let controls: Controls = { ...untouched, filter: watching.filter.text };
  let view: WatchView = tracker.view(controls.order);
  const ended = deferred<ExitCode>();
  const draw = () => {
    const table = readTableFill();
    const now = Date.now();
    const time = new Date(now).toTimeString().slice(0, 8);
    const scene = {
      policy: watching.policy,
      time,
      now,
      view,
      controls,
      logged: log.logged(),
      ...(table && { table }),
    };
    screen.draw(drawFrame(scene, screen.size(), context.out.paint));
  };
  const refresh = () => {
    if (!controls.isPaused) view = tracker.view(controls.order);
    draw();
  };
  const handle = (request: Request) => {
    if (request.kind === 'quit') ended.fulfil(exitCode.done);
    else if (request.kind === 'interrupt') process.exit(interrupted);
    else if (request.kind === 'list-again') feed.listAgain();
    else controls = filtered(tracker, controls, request.text);
  };
  const screen = openScreen((key) => {
    const pressed = press(controls, key);
    const isReordered = pressed.controls.order !== controls.order;
    controls = pressed.controls;
    if (pressed.request) handle(pressed.request);
    if (isReordered || pressed.request?.kind === 'filter') view = tracker.view(controls.order);
    draw();
  }, draw);
  using intervals = atIntervals(work, refresh);
  try {
    draw();
    return await Promise.race([ended.promise, feed.failed, intervals.over.then(() => exitCode.done)]);
  } finally {
    screen.close();
  }
}

/** Shows what a filter says, or what is wrong with it. */
function filtered(tracker: Tracker, controls: Controls, text: string): Controls {
  const { value, diagnostics } = readFilter(text);
  if (!value) return { ...controls, problem: diagnostics[0]?.message ?? `\`${text}\` is no filter` };
  tracker.show(value.shows);
  return { ...controls, filter: text };
}
