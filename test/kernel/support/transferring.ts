// Traffic between a machine and its peer that goes on while rules change.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Namespace } from './namespace.ts';

const counts = z.object({
  opened: z.int(),
  echoed: z.int(),
  broken: z.int(),
  sent: z.int(),
  received: z.int(),
  ended: z.literal(true).optional(),
});

/** How far the traffic is. */
export type Counts = z.infer<typeof counts>;

/** Traffic that goes on. */
export interface Transfer {
  latest(): Counts;
  /** Ends it, and says what came of all of it. */
  end(): Promise<Counts>;
}

const program = fileURLToPath(new URL('./transfer.ts', import.meta.url));

function inside({ name }: Namespace, ...words: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, program, ...words]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts TCP connections and numbered datagrams from one to the other, which echoes them. */
export async function startTransfer(
  from: Namespace,
  to: Namespace,
  port: number,
  connections: number,
): Promise<Transfer> {
  const server = inside(to, 'serve', '10.9.0.1', `${port}`);
  await once(server.stdout, 'data');
  const client = inside(from, 'send', '10.9.0.1', `${port}`, `${connections}`);
  let latest: Counts = { opened: 0, echoed: 0, broken: 0, sent: 0, received: 0 };
  createInterface({ input: client.stdout }).on('line', (line) => {
    latest = counts.parse(JSON.parse(line));
  });
  return {
    latest: () => latest,
    end: async () => {
      client.stdin.end();
      await once(client, 'close');
      return latest;
    },
  };
}
