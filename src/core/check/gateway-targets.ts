// Several targets of a `forward` line: connections take turns (net/netfilter/nft_numgen.c: nft_ng_inc_gen).
import type { Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { elementsIn, type Names } from './gateway-value.ts';

/** The target as a map from turns to addresses; `wrong`: why there is none. */
export type SpreadTarget =
  | { readonly kind: 'spread'; readonly target: readonly Term[] }
  | { readonly kind: 'single' }
  | { readonly kind: 'wrong'; readonly message: string };

/** `{ 10.0.0.2, 10.0.0.3 }:8080` and `{ 10.0.0.2:80, 10.0.0.3:8080 }`. */
export function spreadTargets(target: readonly Term[], names: Names, span: Span): SpreadTarget {
  const [list, ...rest] = target;
  const isList = list?.kind === 'braces' || list?.kind === 'word';
  const elements = isList ? elementsIn([list], names) : [];
  if (elements.length < 2) return { kind: 'single' };
  const port = rest.length === 0 ? [] : portBehind(rest);
  const places = port && elements.map((element) => placeOf(element, port));
  const known = places?.filter((place) => place !== undefined) ?? [];
  if (!places || known.length < places.length)
    return { kind: 'wrong', message: 'several targets are addresses, with one port for all or one for each' };
  const turns = known.map((mapped, at): Element => ({ terms: [numberTerm(at, span)], mapped, span }));
  const map: Term = { kind: 'braces', elements: turns, span };
  const words = ['numgen', 'inc', 'mod'].map((text): Term => ({ kind: 'word', text, span }));
  return {
    kind: 'spread',
    target: [...words, numberTerm(known.length, span), { kind: 'word', text: 'map', span }, map],
  };
}

/** The port behind a colon; undefined where something else stands there. */
function portBehind([colon, port, ...others]: readonly Term[]): readonly Term[] | undefined {
  const isOne = colon?.kind === 'mark' && colon.text === ':' && others.length === 0;
  return isOne && (port?.kind === 'number' || port?.kind === 'word') ? [port] : undefined;
}

/** `10.0.0.2 . 8080`, as maps have it; in braces, what stands behind a colon is apart. */
function placeOf(
  { terms, mapped = [], span }: Element,
  common: readonly Term[],
): readonly Term[] | undefined {
  const [address, ...others] = terms;
  if ((address?.kind !== 'ipv4' && address?.kind !== 'ipv6') || others.length > 0) return undefined;
  const [port, ...more] = [...mapped, ...common];
  if (more.length > 0) return undefined;
  return port ? [address, { kind: 'mark', text: '.', span }, port] : [address];
}

function numberTerm(value: number, span: Span): Term {
  return { kind: 'number', value: BigInt(value), text: `${value}`, span };
}
