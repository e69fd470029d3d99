// Keeps a tracker at what the kernel's table is: a listing at first, and events from then on; when events are lost, a
// listing again.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseConntrackLine } from '../../core/conntrack/dump.ts';
import { readEvent, type WatchEvent } from '../../core/conntrack-watch/event.ts';
import type { Tracker } from '../../core/conntrack-watch/tracker.ts';
import { listConnections, saysListening, saysLost, startEvents } from '../../host/conntrack-events.ts';
import { CommandError, type Running } from '../../host/exec.ts';
import { type Deferred, deferred } from './deferred.ts';

/** Events on their way. */
export interface Feed extends AsyncDisposable {
  /** Is done when the first listing is in; fails if conntrack can't tell. */
  readonly ready: Promise<void>;
  /** Never done; fails when conntrack can't tell any more. */
  readonly failed: Promise<never>;
  /** Lists the table again. */
  readonly listAgain: () => void;
}

/** Of events that come during a listing so many are kept; with more there is another listing. */
const mostWaiting = 500_000;

/** Between two listings, in milliseconds: where events are lost all the time there is time for something else. */
const betweenListings = 3000;

/** What a feed is at. */
interface State {
  readonly tracker: Tracker;
  /** Is told of each event once the tracker has it. */
  readonly seen: (event: WatchEvent) => void;
  /** Waits while what `seen` has done piles up: the kernel then drops events, which is noticed, and memory does not grow. */
  readonly drained: () => Promise<void>;
  /** Events that have to wait for the end of a listing. */
  waiting: WatchEvent[] | undefined;
  running: Running | undefined;
  isOver: boolean;
  /** Fulfilled when there should be a listing. */
  wanted: Deferred<void>;
  /** Fulfilled when events come. */
  readonly heard: Deferred<void>;
}

/** Starts. */
export function startFeed(tracker: Tracker, seen: State['seen'], drained: State['drained']): Feed {
  const [wanted, heard] = [deferred<void>(), deferred<void>()];
  const state: State = {
    tracker,
    seen,
    drained,
    waiting: [],
    running: undefined,
    isOver: false,
    wanted,
    heard,
  };
  const listening = listen(state);
  const ready = Promise.race([heard.promise, listening]).then(() => list(state));
  const failed = Promise.all([listening, ready.then(() => listWhenWanted(state))]).then(() => never());
  // Whoever waits for `ready` hears of it there.
  failed.catch(() => {});
  return {
    ready,
    failed,
    listAgain: () => state.wanted.fulfil(),
    [Symbol.asyncDispose]: async () => {
      state.isOver = true;
      await state.running?.stop();
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Takes events until it is over; some versions of conntrack end when they have lost any, and are started again. */
async function listen(state: State): Promise<void> {
  while (!state.isOver) {
    state.running = await startEvents();
    const { lines, warnings } = state.running;
    const heeded = heed(state, warnings);
    try {
      for await (const line of lines) {
        takeLine(state, line);
        await state.drained();
      }
    } catch (error) {
      if (!isLoss(error)) throw error;
    } finally {
      await heeded;
    }
    if (!state.isOver) lose(state);
  }
}

async function heed(state: State, warnings: AsyncIterable<string>): Promise<void> {
  for await (const warning of warnings) {
    if (saysListening(warning)) state.heard.fulfil();
    if (saysLost(warning)) lose(state);
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof CommandError && /ENOBUFS|No buffer space/.test(error.stderr);
}

function lose({ tracker, wanted }: State): void {
  tracker.lost();
  wanted.fulfil();
}

function takeLine(state: State, line: string): void {
  const event = readEvent(line);
  if (!event) state.tracker.addBroken();
  else if (!state.waiting) take(state, event);
  else if (state.waiting.push(event) > mostWaiting) {
    state.waiting = [];
    lose(state);
  }
}

function take({ tracker, seen }: State, event: WatchEvent): void {
  tracker.apply(event);
  seen(event);
}

/** Events of connections that the listing may have, or not have any more, are taken when it is over, in their order. */
async function list(state: State): Promise<void> {
  state.waiting ??= [];
  const listing = state.tracker.listing();
  for await (const line of listConnections()) {
    const { value: entry } = parseConntrackLine(line);
    if (entry) listing.add(entry);
  }
  listing.end();
  // Those that come meanwhile are put behind them.
  for (const event of state.waiting) {
    take(state, event);
    await state.drained();
  }
  state.waiting = undefined;
}

async function listWhenWanted(state: State): Promise<void> {
  while (!state.isOver) {
    await state.wanted.promise;
    state.wanted = deferred();
    await list(state);
    await sleep(betweenListings, undefined, { ref: false });
  }
}
