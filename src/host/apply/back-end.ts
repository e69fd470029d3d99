// What applying needs of each way by which rules get into the kernel.

import type { TableName } from '../../core/change/change.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { Generation, Texts } from './generation.ts';
import type { Site } from './site.ts';

/** What is hookline's own on a machine. */
export interface Owned {
  readonly tables: readonly TableName[];
  readonly sets: readonly string[];
}

/** What is to be in force. */
export interface Wanted {
  readonly ruleSet: RuleSet;
  /** As compiled. */
  readonly texts: Texts;
  readonly id: string;
}

/** What is there before. */
export interface Present {
  /** The mark that the kernel has; undefined for none. */
  readonly id: string | undefined;
  /** What hookline made of it. */
  readonly owned: Owned;
  /** The texts that it was made from, where they are known. */
  readonly target?: Texts | undefined;
  /** Takes over what others have made, of the same names. */
  readonly adopt: boolean;
}

/** Texts to load. */
export interface Prepared {
  readonly owned: Owned;
  /** What is there, as its own tools say it. */
  readonly before: Texts;
  readonly change: Texts;
  /** Brings `before` back. */
  readonly back: Texts;
  /** The tables that rules are in then: those of one's own, or those that have one's own chains, with all of their rules. */
  readonly inForce: RuleSet;
  /** What changes, a line each, for people. */
  readonly says: readonly string[];
}

/** A way into the kernel. All of them throw {@link ApplyError} and {@link CommandError}. */
export interface BackEnd {
  /** The mark that the kernel has of a generation; undefined where it has none. */
  mark(site: Site): Promise<string | undefined>;
  /** What the kernel has of a generation: in the middle of a change of several transactions a part. */
  presence(site: Site, generation: Pick<Generation, 'id' | 'tables'>): Promise<'all' | 'none' | 'part'>;
  prepare(site: Site, wanted: Wanted, present: Present): Promise<Prepared>;
  /** Lets the tools say whether they would load it; they change nothing. */
  check(site: Site, prepared: Prepared): Promise<void>;
  load(site: Site, texts: Texts): Promise<void>;
  /** What the kernel has otherwise than wanted, in words; undefined where nothing is said about it. */
  verify(site: Site, wanted: Wanted, owned: Owned): Promise<Verified>;
  /** What is there of one's own, without what counts and passes. */
  listing(site: Site, owned: Owned): Promise<Texts>;
}

/** What reading back has shown. */
export interface Verified {
  readonly problems: readonly string[];
  /** What could not be shown. */
  readonly open: readonly string[];
}
