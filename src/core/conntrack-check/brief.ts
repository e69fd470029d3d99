// One of a million checked connections: no more of it is worked out than who looks at it wants, at once.
import type { CompactEntry } from '../conntrack/compact/compact-entry.ts';
import { entryOf } from '../conntrack/compact/convert.ts';
import type { Entry } from '../conntrack/entry.ts';
import type { Arrival, CheckedConnection, Survival } from './check.ts';
import type { Checked } from './classes.ts';
import { compactFacts, type Facts, factsOf } from './facts.ts';
import type { TranslationVerdict } from './translation.ts';

/** What is there of a checked connection; whoever is given it must ask at once, the next one may change it in place. */
export interface Brief {
  /** The same object for connections that fare alike, of most of them. */
  readonly arrival: Arrival;
  readonly translation: TranslationVerdict;
  readonly survival: () => Survival;
  readonly facts: Facts;
  /** A helper looks into it. */
  readonly isHelped: boolean;
  /** All of it, but for the texts of its line and what its translation should be. */
  readonly whole: () => CheckedConnection;
  /** All of it, with the entry as it was listed; undefined where only a trace of this connection can tell. */
  readonly inFull: <Listed extends Entry>(entry: Listed) => CheckedConnection<Listed> | undefined;
}

/** Of a connection that is worked out. */
export function briefOf(checked: CheckedConnection): Brief {
  return {
    arrival: checked,
    translation: checked.translation.verdict,
    survival: () => checked.survival,
    facts: factsOf(checked.entry),
    isHelped: checked.entry.helper !== undefined,
    whole: () => checked,
    inFull: (entry) => ({ ...checked, entry }),
  };
}

/** Of compact entries. */
export function compactBriefs(check: (entry: CompactEntry) => Checked): (entry: CompactEntry) => Brief {
  const read = compactFacts();
  return (compact) => {
    const { arrival, translation, survival, foretold } = check(compact);
    return {
      arrival,
      translation,
      survival,
      facts: read(compact),
      isHelped: false,
      whole: () => ({
        ...arrival,
        entry: entryOf(compact),
        survival: survival(),
        translation: { verdict: translation },
      }),
      inFull: (entry) => {
        const full = foretold(entry);
        return full && { ...arrival, entry, survival: survival(), translation: full };
      },
    };
  };
}
