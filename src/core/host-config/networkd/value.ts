// Values as systemd.syntax(7) has them.
import type { HostDraft } from '../draft.ts';
import { numberOf } from '../value.ts';
import type { Word } from '../word.ts';

const sizes: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Reads a number of bytes, also with the suffix K, M or G. */
export function bytesOf(word: Word, draft: HostDraft): number | undefined {
  const unit = /^\d+[KMG]$/i.test(word.text) ? sizes[word.text.slice(-1).toUpperCase()] : undefined;
  const number = numberOf(unit === undefined ? word : { ...word, text: word.text.slice(0, -1) }, draft);
  return number === undefined ? undefined : number * (unit ?? 1);
}
