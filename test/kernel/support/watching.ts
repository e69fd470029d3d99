// `conntrack watch` at work: its lines of JSON as they come, and its screen on a real terminal.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { watchEventLine, watchLine } from '../../../src/cli/schema/watch.ts';
import { type Running, start } from '../../../src/host/exec.ts';
import { isAsPublished } from '../../support/published.ts';

type Summary = z.infer<typeof watchLine>;
type Event = z.infer<typeof watchEventLine>;

/** The stream of JSON. */
export interface WatchedJson extends AsyncDisposable {
  /** The next summary of which this is true. */
  summary(isMeant: (summary: Summary) => boolean): Promise<Summary>;
  /** The next event of a kind; those before it are passed over. */
  event(kind: Event['event']): Promise<Event>;
}

/** Starts the command. */
export async function watchJson([program, ...args]: readonly [string, ...string[]]): Promise<WatchedJson> {
  const running: Running = await start(program, args);
  const lines = running.lines[Symbol.asyncIterator]();
  const events: Event[] = [];
  const next = async (): Promise<Summary | undefined> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the command ended');
    const document: unknown = JSON.parse(value);
    if (!isAsPublished(document)) throw new Error(`not as docs/schema says: ${value}`);
    const parsed = z.union([watchLine, watchEventLine]).parse(document);
    if ('pending' in parsed) return parsed;
    events.push(parsed);
    return undefined;
  };
  return {
    async summary(isMeant) {
      for (;;) {
        const found = await next();
        if (found && isMeant(found)) return found;
      }
    },
    async event(kind) {
      for (;;) {
        const found = events.shift();
        if (found?.event === kind) return found;
        if (!found) await next();
      }
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** A terminal with a program in it. */
export interface WatchedTerminal {
  type(keys: string): void;
  /** The first whole screen that looks like this, without colours. */
  shows(look: RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
  /** How it ended, and whether the screen from before is back. */
  readonly ended: Promise<{ readonly code: number | null; readonly isRestored: boolean }>;
}

const esc = '\u001b';
const home = `${esc}[1;1H`;
const commands = new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]|\\r`, 'g');

/** Runs a program on a terminal of 80 by 24, by script(1). */
export function openTerminal(words: readonly string[]): WatchedTerminal {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `tty; stty rows 24 cols 80; exec ${quoted}`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: undefined },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    type: (keys) => void child.stdin.write(keys),
    async shows(look) {
      for (;;) {
        // The last one may not be whole yet.
        const screen = output.split(home).slice(1).at(-2)?.replaceAll(commands, '') ?? '';
        if (look.test(screen)) return screen;
        if (child.exitCode !== null)
          throw new Error(`it ended with ${child.exitCode}: ${output.slice(-2000)}`);
        await sleep(50);
      }
    },
    resize(columns, height) {
      const [path = ''] = /\/dev\/\S+/.exec(output) ?? [];
      spawnSync('stty', ['-F', path, 'rows', `${height}`, 'cols', `${columns}`]);
    },
    ended: once(child, 'close').then(() => ({
      code: child.exitCode,
      isRestored: output.endsWith(`${esc}[?25h${esc}[?1049l`),
    })),
  };
}
