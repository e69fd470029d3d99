// Follows the kernel's log.
import { CommandError, type Running, start } from './exec.ts';

/** What tells the lines of the log that come from now on: util-linux 2.37 and later, then systemd's journal. */
const readers: readonly (readonly [string, ...string[]])[] = [
  ['dmesg', '--follow-new'],
  ['journalctl', '--dmesg', '--follow', '--lines=0', '--output=cat'],
];

/** Gives each further line; where none of the programs can tell any, `failed` gets the reason of the first. */
export async function followKernelLog(
  line: (text: string) => void,
  failed: (reason: string) => void,
): Promise<{ readonly stop: () => Promise<void> }> {
  let running: Running | undefined;
  let isOver = false;
  const follow = async () => {
    const reasons: string[] = [];
    for (const [program, ...args] of readers) {
      try {
        running = await start(program, args);
        for await (const text of running.lines) line(text);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        reasons.push(error.message);
      }
      if (isOver) return;
    }
    failed(reasons[0] ?? 'the log has ended');
  };
  const following = follow();
  return {
    async stop() {
      isOver = true;
      await running?.stop();
      await following;
    },
  };
}
