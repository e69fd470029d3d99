// `from vmap { … }`, `from . tcp dport { … }`: keys of either IP version where several fields or a verdict are looked
// up. The rule becomes one for each version that the values are of, each with its own values.
import type { Element, Term } from '../syntax/term.ts';
import { type AgnosticKey, agnosticKeys } from './agnostic.ts';
import { type Cursor, inside, type Located, peekValue, takeMark, takeWord } from './cursor.ts';
import type { Expand } from './expansion.ts';
import { findKey } from './key.ts';
import { splitAtDots } from './split-dots.ts';

type Version = 'ip' | 'ip6';

/** One field of the concatenation, with the terms of its key. */
interface Field {
  readonly terms: readonly Located[];
  readonly agnostic?: AgnosticKey;
}

/** Takes fields with an address of either version among them, and the values in braces behind them. */
export const expandAddresses: Expand = (cursor, _, limit) => {
  const start = cursor.at;
  const fields = takeFields(cursor);
  takeWord(cursor, 'vmap');
  const behind = cursor.terms.slice(
    start + fields.reduce((sum, { terms }) => sum + terms.length + 1, -1),
    cursor.at,
  );
  const at = peekValue(cursor);
  const braces = at !== 'broken' && at?.term.kind === 'braces' ? { at, term: at.term } : undefined;
  if (!braces)
    return (limit ? [limit] : versions).map((version) => [...writeFields(fields, version), ...behind]);
  cursor.at++;
  const place = fields.findIndex(({ agnostic }) => agnostic);
  const all = braces.term.elements.map((element) => ({
    element,
    version: versionOf(cursor, braces.at, element, place),
  }));
  const present = versions.filter((version) => all.some((one) => one.version === version));
  return (limit ? [limit] : present.length > 0 ? present : versions).map((version) => {
    const isOwn = present.includes(version);
    const own = all.filter((one) => !isOwn || one.version === undefined || one.version === version);
    const term: Term = { ...braces.term, elements: own.map(({ element }) => element) };
    return [...writeFields(fields, version), ...behind, { ...braces.at, term }];
  });
};

const versions: readonly Version[] = ['ip', 'ip6'];

/** The version of the address at some place of an element; undefined for what stands in every one, like `default`. */
function versionOf(
  cursor: Cursor,
  at: Located,
  { terms, span }: Element,
  place: number,
): Version | undefined {
  const part = splitAtDots(terms)[place];
  const first = part && peekValue(inside(cursor, at, part, span));
  const kind = first && first !== 'broken' ? first.term.kind : undefined;
  return kind === 'ipv4' ? 'ip' : kind === 'ipv6' ? 'ip6' : undefined;
}

/** The keys of one version, with dots between them; each word is seen where the key stands. */
function writeFields(fields: readonly Field[], version: Version): readonly Located[] {
  return fields.flatMap(({ terms, agnostic }, index) => {
    const [first] = terms;
    if (!first) return [];
    const { span } = first.term;
    const words = agnostic?.[version]
      .split(' ')
      .map((text): Located => ({ ...first, term: { kind: 'word', text, span } }));
    const dot: Located = { ...first, term: { kind: 'mark', text: '.', span } };
    return [...(index > 0 ? [dot] : []), ...(words ?? terms)];
  });
}

/** Whether the key and those that are joined to it hold an address of either version, and the version shows. */
export function isAgnosticComposite(start: Cursor, limit?: Version): boolean {
  if (!mayJoin(start)) return false;
  const cursor = { ...start };
  const fields = takeFields(cursor);
  const isComposite = fields.length > 1 || takeWord(cursor, 'vmap') !== undefined;
  if (!isComposite || !fields.some(({ agnostic }) => agnostic)) return false;
  const value = peekValue(cursor);
  return limit !== undefined || (value !== 'broken' && value?.term.kind === 'braces');
}

function takeFields(cursor: Cursor): readonly Field[] {
  const fields: Field[] = [];
  do {
    const key = findKey(cursor);
    if (!key) return fields;
    const terms = cursor.terms.slice(cursor.at, cursor.at + key.words);
    const agnostic = agnosticKeys.get(key.text);
    fields.push({ terms, ...(agnostic?.types.every((type) => type.prefixes) && { agnostic }) });
    cursor.at += key.words;
  } while (takeMark(cursor, '.'));
  return fields;
}

/** A quick look: whether a dot or a map follows the next few words. */
function mayJoin({ terms, at }: Cursor): boolean {
  return terms
    .slice(at + 1, at + 5)
    .some(
      ({ term }) =>
        (term.kind === 'mark' && term.text === '.') || (term.kind === 'word' && term.text === 'vmap'),
    );
}
