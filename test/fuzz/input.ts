// The inputs by their numbers: the same number and seed always give the same bytes.
import type { PolicyKind } from '../../src/core/load.ts';
import { type Corpus, dumps, policies } from './corpus.ts';
import { mutate, mutateBytes } from './mutate.ts';
import { makeRandom, pick, type Random } from './random.ts';

/** A file that somebody gives to hookline. */
export interface Input {
  readonly kind: PolicyKind;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** Every eighth is a dump, all others are policies. */
export function inputOf(seed: number, index: number): Input {
  const random = makeRandom(seed, index);
  const corpus = corpusFor(random);
  const bytes = encoder.encode(mutate(pick(random, corpus.texts), random, corpus));
  return { kind: corpus.kind, bytes: random(16) === 0 ? mutateBytes(bytes, random) : bytes };
}

function corpusFor(random: Random): Corpus {
  return random(8) === 0 || !policies ? pick(random, dumps) : policies;
}
