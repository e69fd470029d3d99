// A rule as it was given: which words belong to which module or target. What they mean is read from that later.
import type { Code } from '../diagnostic/catalogue.ts';
import type { GivenOption } from '../match/iptables-spelling.ts';
import type { Span } from '../text/source.ts';
import type { Word } from '../text/words.ts';
import type { KnownModule } from './readers.ts';

/** A `-m` or a target with its options. */
export interface GivenModule {
  readonly flag: '-m' | '-j' | '-g';
  readonly name: string;
  /** Undefined where the registries do not know it. */
  readonly known: KnownModule | undefined;
  readonly options: GivenOption[];
  /** All its words, the name first. */
  readonly written: Word[];
  readonly start: number;
  end: number;
  /** It has options that are not known. */
  hasUnknown: boolean;
}

/** An option of iptables itself, under its short name. */
export interface GivenOwn extends GivenOption {
  readonly span: Span;
}

export interface GivenRule {
  readonly own: readonly GivenOwn[];
  readonly modules: readonly GivenModule[];
  readonly target: GivenModule | undefined;
  /** The words of `-c packets bytes`. */
  readonly counters: readonly Word[];
  /** The only family that the rule is for: `-4`, `-6`. */
  readonly family: 'ip' | 'ip6' | undefined;
}

/** Takes a problem and the words where it is. */
export type Complain = (
  code: Code,
  message: string,
  place: Pick<Word, 'start' | 'end'>,
  help?: string,
) => void;
