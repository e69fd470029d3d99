// How far a long run is, on a terminal's standard error.
import type { Surface } from './terminal.ts';

/** Shows how far a run is. */
export interface Progress {
  readonly step: () => void;
  /** Takes the line away again. */
  readonly end: () => void;
}

/** Milliseconds between two looks. */
const interval = 1000;

/**
 * Counts things of a kind, such as `packets`, of so many, where that is known; says nothing in the first second, and
 * nothing where nobody looks.
 */
export function openProgress({ writeBytes, interactive }: Surface, what: string, total?: number): Progress {
  if (!interactive) return { step: () => {}, end: () => {} };
  const write = (text: string) => writeBytes(Buffer.from(text));
  const start = Date.now();
  let shown = start;
  let count = 0;
  return {
    step: () => {
      count++;
      const now = Date.now();
      if (now - shown < interval) return;
      shown = now;
      const each = Math.round((count * 1000) / (now - start));
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      write(`\r${count.toLocaleString('en')}${of} ${what}, ${each.toLocaleString('en')} a second `);
    },
    end: () => {
      if (shown !== start) write('\r\x1b[K');
    },
  };
}
