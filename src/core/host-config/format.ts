// What a kind of configuration file is to the rest: how it is told from others, and how files of it are read.
import type { Source } from '../text/source.ts';
import type { HostDraft } from './draft.ts';

/** A kind of files that say something about a host. */
export interface HostFormat {
  readonly name: string;
  /** Whether a file is of this kind, by its name and its text. */
  readonly recognises: (source: Source) => boolean;
  /** Adds what all files of this kind say, in the order in which they were given; what is wrong goes to the draft, too. */
  readonly read: (sources: readonly Source[], draft: HostDraft) => void;
}
