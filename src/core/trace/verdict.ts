// Verdicts as text.
import type { Verdict } from '../statement/define.ts';

/** `accept`, `jump lan_services`, `reject with tcp reset`. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain}`;
    case 'reject':
      return `reject with ${verdict.with}`;
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
    case 'queue':
      return verdict.kind;
  }
}
