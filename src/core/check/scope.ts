// Constants and where they are visible: `let` at the top level and in tables, inner before outer.

import { findCycles } from '../ir/graph.ts';
import type { Let } from '../syntax/ast.ts';
import type { Name, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { addressProblem } from './address-problem.ts';
import type { Report } from './report.ts';

/** The use of a `def`, a `service` or a `zone`, whose own words take its place. */
export interface Expansion {
  readonly name: Name;
  /** Where it is used. */
  readonly span: Span;
}

/** What a `let` defines. Its own names are looked up where it stands, not where it is used. */
export interface Constant {
  readonly name: Name;
  readonly value: readonly Term[];
  readonly scope: Scope;
  /** Reported where it is defined: its uses fail without a further word. */
  readonly broken: boolean;
  /** It is what a call gives for a parameter: the definitions that the call stands in. */
  readonly argumentOf?: readonly Expansion[];
}

/** The constants of the top level, or of a table with those around it. */
export interface Scope {
  readonly constants: ReadonlyMap<string, Constant>;
  readonly outer?: Scope;
}

/** The innermost constant of that name. */
export function findConstant(scope: Scope | undefined, name: string): Constant | undefined {
  return scope && (scope.constants.get(name) ?? findConstant(scope.outer, name));
}

/** All names that a place sees, for did-you-mean. */
export function visibleNames(scope: Scope | undefined): readonly string[] {
  return scope ? [...scope.constants.keys(), ...visibleNames(scope.outer)] : [];
}

/** Makes the scope of some definitions; reports double names, cycles, hidden names and malformed addresses. */
export function declareConstants(lets: readonly Let[], outer: Scope | undefined, report: Report): Scope {
  const definitions = distinct(lets, 'constant', report);
  const cyclic = findCyclic(definitions, report);
  const constants = new Map<string, Constant>();
  const scope: Scope = { constants, ...(outer && { outer }) };
  for (const [text, { name, value }] of definitions) {
    warnIfHidden('constant', name, findConstant(outer, text)?.name, report);
    const broken = !addressesAreValid(value, report) || cyclic.has(text);
    constants.set(text, { name, value, scope, broken });
  }
  return scope;
}

/** The definitions by name, or by another key, the first of each; further ones are errors. */
export function distinct<Definition extends { readonly name: Name }>(
  definitions: readonly Definition[],
  kind: string,
  report: Report,
  keyOf: (definition: Definition) => string = (definition) => definition.name.text,
): ReadonlyMap<string, Definition> {
  const byName = new Map<string, Definition>();
  for (const definition of definitions) {
    const { text, span } = definition.name;
    const first = byName.get(keyOf(definition));
    if (first) {
      const labels = [{ span: first.name.span, message: 'first defined here' }];
      report.complain('HK2003', `${kind} \`${text}\` is defined twice`, { span, labels });
    } else byName.set(keyOf(definition), definition);
  }
  return byName;
}

/** Warns where a definition hides one of the top level: of the same kind, or of that which is named. */
export function warnIfHidden(
  kind: string,
  name: Name,
  hidden: Name | undefined,
  report: Report,
  other = 'one',
): void {
  if (!hidden) return;
  report.complain('HK2005', `${kind} \`${name.text}\` hides the ${other} of the top level`, {
    span: name.span,
    labels: [{ span: hidden.span, message: 'the hidden definition' }],
  });
}

/** Warns about constants that no rule has used. */
export function warnUnusedConstants(scope: Scope, report: Report): void {
  for (const constant of scope.constants.values())
    if (!report.used.has(constant))
      report.complain('HK2006', `constant \`${constant.name.text}\` is never used`, {
        span: constant.name.span,
      });
}

/** What looks like an address and is none is wrong whatever it is used for. */
function addressesAreValid(value: readonly Term[], report: Report): boolean {
  let valid = true;
  for (const term of flatten(value)) {
    const problem = term.kind === 'ipv4' || term.kind === 'ipv6' ? addressProblem(term.text) : undefined;
    if (problem === undefined) continue;
    report.complain('HK3001', problem, { span: term.span });
    valid = false;
  }
  return valid;
}

/** The terms with those inside braces. */
function flatten(terms: readonly Term[]): readonly Term[] {
  return terms.flatMap((term) =>
    term.kind === 'braces'
      ? term.elements.flatMap(({ terms: own, mapped }) => flatten(mapped ? [...own, ...mapped] : own))
      : [term],
  );
}

/** Names of the constants that lead back to themselves; each cycle is reported once, as a path. */
function findCyclic(definitions: ReadonlyMap<string, Let>, report: Report): ReadonlySet<string> {
  const cycles = findCycles(definitions.keys(), (name) =>
    flatten(definitions.get(name)?.value ?? []).flatMap((term) =>
      term.kind === 'word' && definitions.has(term.text) ? [{ to: term.text, span: term.span }] : [],
    ),
  );
  for (const cycle of cycles) reportCycle(definitions.get(cycle.at(-1)?.to ?? ''), cycle, report);
  return new Set(cycles.flat().map((use) => use.to));
}

function reportCycle(
  start: Let | undefined,
  cycle: readonly { readonly to: string; readonly span: Span }[],
  report: Report,
): void {
  if (!start) return;
  const { text, span } = start.name;
  const path = [text, ...cycle.map((use) => use.to)].join(' → ');
  report.complain('HK2004', `constant \`${text}\` is defined by itself: ${path}`, {
    span,
    labels: cycle.map((use) => ({ span: use.span, message: `leads to \`${use.to}\`` })),
  });
}
