// What the lines of a gateway list: elements and networks, with the constants that stand for them.
import { type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import { prefixRange, type Range } from '../datatype/range.ts';
import type { Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import type { Report } from './report.ts';
import { findConstant, type Scope } from './scope.ts';

/** Where names are looked up, and what learns that they are used. */
export interface Names {
  readonly scope: Scope;
  readonly report: Report;
}

/** What stands between the commas, constants and braces opened. */
export function elementsIn(terms: readonly Term[], names: Names, depth = 0): readonly Element[] {
  return separated(terms).flatMap((group): readonly Element[] => {
    const [only, ...others] = group;
    if (!only || others.length > 0 || depth > mostDepth) return element(group);
    if (only.kind === 'braces')
      return only.elements.flatMap((inner) =>
        inner.mapped ? [inner] : elementsIn(inner.terms, names, depth + 1),
      );
    const constant = only.kind === 'word' ? findConstant(names.scope, only.text) : undefined;
    if (!constant) return element(group);
    names.report.used.add(constant);
    return elementsIn(constant.value, { ...names, scope: constant.scope }, depth + 1);
  });
}

/** Constants that lead back to themselves are reported where they stand. */
const mostDepth = 100;

function separated(terms: readonly Term[]): readonly (readonly Term[])[] {
  const groups: Term[][] = [[]];
  for (const term of terms) {
    if (term.kind === 'mark' && term.text === ',') groups.push([]);
    else groups.at(-1)?.push(term);
  }
  return groups;
}

function element(terms: readonly Term[]): readonly Element[] {
  const [first] = terms;
  return first ? [{ terms, span: { ...first.span, end: terms.at(-1)?.span.end ?? first.span.end } }] : [];
}

/** Addresses from the first to the last; `length`: that of the prefix that they are, if they are one. */
export interface Network extends Range {
  readonly family: AddressFamily;
  readonly length?: number;
  readonly span: Span;
}

/** The networks of a list; what is none is left to the rules that it stands in. */
export function networksIn(terms: readonly Term[], names: Names): readonly Network[] {
  return elementsIn(terms, names).flatMap((one) => networkOf(one) ?? []);
}

function networkOf({ terms, mapped, span }: Element): Network | undefined {
  const [first, mark, last, ...others] = terms;
  const start = addressOf(first);
  if (!start || mapped || others.length > 0) return undefined;
  const { family, value } = start;
  const width = addressWidth(family);
  if (!mark) return { family, lo: value, hi: value, length: width, span };
  if (mark.kind !== 'mark') return undefined;
  if (mark.text === '/' && last?.kind === 'number' && last.value <= width)
    return { family, ...prefixRange(value, Number(last.value), width), length: Number(last.value), span };
  const end = mark.text === '-' ? addressOf(last) : undefined;
  return end?.family === family && end.value >= value
    ? { family, lo: value, hi: end.value, span }
    : undefined;
}

function addressOf(term: Term | undefined): ReturnType<typeof parseAddress> {
  return term?.kind === 'ipv4' || term?.kind === 'ipv6' ? parseAddress(term.text) : undefined;
}
