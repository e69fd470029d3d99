// What the rules of a gateway are made of: its sides, and templates that stand where a line asked for them.

import type { Given } from '../syntax/template.ts';
import type { Braces, Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import type { GatewayLine, LineKind } from './gateway-line.ts';
import type { Names } from './gateway-value.ts';
import { findConstant, type Scope } from './scope.ts';

/** The interfaces and networks of both sides, as elements of sets. */
export interface Sides {
  readonly insideDevices: Braces;
  readonly insideNets: Braces;
  readonly outsideDevices: Braces;
  readonly names: Names;
}

/** The interfaces that a rule is about. */
export interface GivenDevices {
  readonly DEVICES: readonly Term[];
}

/** The lines of a kind. */
export function ofKind(lines: readonly GatewayLine[], kind: LineKind): readonly GatewayLine[] {
  return lines.filter((line) => line.kind === kind);
}

/** A set in braces. */
export function setOf(elements: readonly Element[], span: Span): Braces {
  return { kind: 'braces', elements, span };
}

/** What stands between the commas of a part. */
export function elementsOf({ parts, line }: GatewayLine, part: string): readonly Element[] {
  const groups: Term[][] = [[]];
  for (const term of parts.get(part) ?? []) {
    if (term.kind === 'mark' && term.text === ',') groups.push([]);
    else groups.at(-1)?.push(term);
  }
  return groups.filter((terms) => terms.length > 0).map((terms) => ({ terms, span: line.span }));
}

/** A line of the output: a template and what its capital words stand for. */
export interface Draft {
  readonly text: string;
  readonly given: Given;
  readonly span: Span;
}

/** A translation is for packets of its addresses' version only. */
export function familyTest(target: readonly Term[], { names }: Sides): string {
  const version = versionOf(target, names.scope, 0);
  return version === undefined ? '' : `meta nfproto ${version} `;
}

/** What the first address says; constants may lead to it. */
function versionOf(terms: readonly Term[], scope: Scope, depth: number): 'ipv4' | 'ipv6' | undefined {
  for (const term of terms) {
    if (term.kind === 'ipv4' || term.kind === 'ipv6') return term.kind;
    const inside =
      term.kind === 'braces'
        ? versionOf(
            term.elements.flatMap((element) => element.terms),
            scope,
            depth,
          )
        : undefined;
    if (inside) return inside;
    const constant = term.kind === 'word' && depth < 100 ? findConstant(scope, term.text) : undefined;
    const found = constant && versionOf(constant.value, constant.scope, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** A rule that a line asks for. */
export function draft(line: GatewayLine, text: string, given: Given): Draft {
  return { text, given, span: line.line.span };
}
