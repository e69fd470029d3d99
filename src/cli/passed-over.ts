// What an input holds that is passed over: the first of it is shown, the rest counted.
import type { Code } from '../core/diagnostic/catalogue.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import type { Context } from './context.ts';

/** What was passed over so far. */
export interface PassedOver {
  /** Takes down one more: where it stands, and why it is passed over. */
  readonly add: (where: string, why: string) => void;
  readonly count: () => number;
  /** The first one. */
  readonly first: () => Diagnostic | undefined;
  /** Prints what was found; once, at the end. */
  readonly report: () => void;
}

/** So many are shown one by one. */
const shown = 10;

/** Nothing was passed over yet; `what` is the plural of it. */
export function passedOver(context: Context, code: Code, what: string): PassedOver {
  const found: Diagnostic[] = [];
  let count = 0;
  return {
    add: (where, why) => {
      if (++count <= shown) found.push(diagnostic(code, `${where}: ${why}`));
    },
    count: () => count,
    first: () => found[0],
    report: () => {
      const more = count - found.length;
      context.report(more > 0 ? [...found, diagnostic(code, `${more} more ${what}`)] : found);
    },
  };
}
