// The terminal of `conntrack watch`: a screen of its own for as long as it runs, the keys, and the size.
import ansi from 'ansi-escapes';
import { keysIn } from '../../core/conntrack-watch/controls.ts';
import type { Size } from '../../core/conntrack-watch/frame.ts';
import { harmless } from '../../core/text/harmless.ts';
import { undoAtTheEnd } from '../../host/ending.ts';

/** A terminal that is ours until it is closed; however the process ends, it is as it was before. */
export interface Screen {
  readonly size: () => Size;
  readonly draw: (lines: readonly string[]) => void;
  readonly close: () => void;
}

/** Takes the terminal. Where standard input is none, there are no keys. */
export function openScreen(onKey: (key: string) => void, onResize: () => void): Screen {
  const { stdin, stdout } = process;
  const hear = (sent: string) => {
    for (const key of keysIn(sent)) onKey(key);
  };
  const restore = () => {
    if (stdin.isTTY) stdin.setRawMode(false);
    stdout.write(`${ansi.cursorShow}${ansi.exitAlternativeScreen}`);
  };
  const isOver = undoAtTheEnd(restore);
  stdout.write(`${ansi.enterAlternativeScreen}${ansi.cursorHide}`);
  stdout.on('resize', onResize);
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    stdin.on('data', hear);
  }
  return {
    size: () => ({ width: stdout.columns, height: stdout.rows }),
    draw: (lines) => {
      // A terminal that is slower than we are misses some screens, and none piles up.
      if (!stdout.writableNeedDrain) stdout.write(frameText(lines));
    },
    close() {
      stdout.off('resize', onResize);
      stdin.off('data', hear);
      stdin.pause();
      restore();
      isOver();
    },
  };
}

/** Each line in place of the one that was there; the last has no end, which would scroll. */
function frameText(lines: readonly string[]): string {
  const seen = { color: true, interactive: true };
  const written = lines.map((line) => `${ansi.eraseEndLine}${harmless(line, seen)}`).join('\r\n');
  return `${ansi.cursorTo(0, 0)}${written}`;
}
