// Many short texts written as few long ones: each write is a call of the system.
import type { Surface } from './terminal.ts';

/** So many characters go out at once. */
const most = 65_536;

/** Gathers texts for a surface. */
export interface Gathered {
  readonly write: (text: string) => void;
  /** Writes what is left. */
  readonly flush: () => void;
}

/** Nothing gathered yet. */
export function gathered({ write }: Surface): Gathered {
  let kept = '';
  const flush = () => {
    if (kept !== '') write(kept);
    kept = '';
  };
  return {
    write(text) {
      kept += text;
      if (kept.length >= most) flush();
    },
    flush,
  };
}
