// Calls of a `def`: which words are one, and the rules that its body becomes. Parameters are constants of a scope of
// their own, whose values are read where the call stands; so no name of the one means anything in the other.

import { nearestName } from '../diagnostic/meant.ts';
import { findCycles } from '../ir/graph.ts';
import type { Rule } from '../ir/ruleset.ts';
import type { Definition, Parameter, Rule as RuleNode } from '../syntax/ast.ts';
import type { Name, Term } from '../syntax/term.ts';
import { cover, type Span } from '../text/source.ts';
import type { BodyContext, Place } from './body-context.ts';
import { locate } from './cursor.ts';
import type { Definitions } from './expansion.ts';
import { typeCheckArgument } from './parameter.ts';
import type { Report } from './report.ts';
import { type Constant, distinct, findConstant, type Scope, warnIfHidden } from './scope.ts';

/** A call at the end of a rule. */
interface Call {
  readonly name: Name;
  /** What stands before it. */
  readonly condition: readonly Term[];
  readonly arguments: readonly (readonly Term[])[];
  /** What stands behind its `)`, where nothing may. */
  readonly rest: readonly Term[];
  readonly span: Span;
}

/** The call in a rule: a name that a definition has before `(`, or any word that begins a rule before `(`. */
export function callIn(terms: readonly Term[], { calls }: Definitions): Call | undefined {
  const at = terms.findIndex(
    (term, index) =>
      term.kind === 'word' && isMark(terms[index + 1], '(') && (index === 0 || calls.has(term.text)),
  );
  const name = terms[at];
  if (name?.kind !== 'word') return undefined;
  const end = closing(terms, at + 1);
  const last = terms[end];
  if (!last) return undefined;
  return {
    name,
    condition: terms.slice(0, at),
    arguments: argumentsIn(terms.slice(at + 2, end)),
    rest: terms.slice(end + 1),
    span: cover(name.span, last.span),
  };
}

function isMark(term: Term | undefined, text: string): boolean {
  return term?.kind === 'mark' && term.text === text;
}

/** Where the parenthesis is closed that is open at a place. */
function closing(terms: readonly Term[], open: number): number {
  let depth = 0;
  return terms.findIndex((term, index) => {
    if (index < open) return false;
    if (isMark(term, '(')) depth++;
    if (isMark(term, ')')) depth--;
    return depth === 0;
  });
}

function argumentsIn(terms: readonly Term[]): readonly (readonly Term[])[] {
  const given: Term[][] = [];
  let depth = 0;
  for (const term of terms) {
    if (isMark(term, '(')) depth++;
    if (isMark(term, ')')) depth--;
    if (depth === 0 && isMark(term, ',')) given.push([]);
    else if (given.length === 0) given.push([term]);
    else given.at(-1)?.push(term);
  }
  return given;
}

/** The rules that a call becomes. */
export function checkCall(call: Call, rule: RuleNode, place: Place, context: BodyContext): readonly Rule[] {
  const { report, definitions } = context;
  const definition = definitions.calls.get(call.name.text);
  if (!definition) return reportUnknown(call, definitions, report);
  report.used.add(definition);
  const [left] = call.rest;
  if (left) report.complain('HK2024', 'a call ends its rule', { span: left.span });
  if (call.arguments.length !== definition.parameters.length) return reportCount(call, definition, report);
  if (growsTooMuch(definition, rule, place, context)) return [];
  const scope = scopeOf(call, definition, place, context);
  const before = locate(call.condition, place.scope, place.expansions);
  return context.checkBody(
    definition.rules,
    {
      scope,
      expansions: [...place.expansions, { name: definition.name, span: call.span }],
      condition: [...place.condition, ...before],
      depth: place.depth,
    },
    context,
  );
}

function reportUnknown({ name }: Call, { calls }: Definitions, report: Report): readonly Rule[] {
  const help = nearestName(name.text, calls.keys());
  report.complain('HK2050', `no definition is called \`${name.text}\``, { span: name.span, help });
  return [];
}

function reportCount(
  { name, arguments: given, span }: Call,
  { parameters, name: defined }: Definition,
  report: Report,
): readonly Rule[] {
  const message = `\`${name.text}\` takes ${counted(parameters.length)}, and ${given.length} ${
    given.length === 1 ? 'is' : 'are'
  } given`;
  const missing = parameters.slice(given.length).map((parameter) => ({
    span: parameter.name.span,
    message: `no value for \`${parameter.name.text}\``,
  }));
  const last = parameters.at(-1)?.name.span ?? defined.span;
  const whole = { span: cover(defined.span, last), message: 'defined here' };
  const [left] = given[parameters.length] ?? [];
  const labels = missing.length > 0 ? missing : [whole];
  report.complain('HK2051', message, { span: left?.span ?? span, labels });
  return [];
}

function counted(count: number): string {
  return count === 1 ? 'one value' : `${count} values`;
}

/** Calls that call could otherwise grow without end: this many in one rule of a chain. */
const mostCalls = 5000;

/** A definition that grew too much once is not called again. */
function growsTooMuch(
  called: Definition,
  rule: RuleNode,
  { expansions }: Place,
  { made, report, definitions }: BodyContext,
): boolean {
  const [outermost] = expansions;
  const root = definitions.calls.get(outermost?.name.text ?? '') ?? called;
  made.count = outermost ? made.count + 1 : 1;
  if (made.count < mostCalls && !report.tooLarge.has(root)) return false;
  report.tooLarge.add(root);
  report.complain('HK2061', 'this call becomes too many rules', { span: outermost?.span ?? rule.span });
  made.count = mostCalls;
  return true;
}

/** The parameters as constants, of which each is worth what the call gives. */
function scopeOf(
  call: Call,
  { parameters }: Definition,
  place: Place,
  { report, definitions }: BodyContext,
): Scope {
  const constants = new Map<string, Constant>();
  for (const [index, parameter] of parameters.entries()) {
    const value = call.arguments[index] ?? [];
    const constant = { name: parameter.name, value, scope: place.scope, argumentOf: place.expansions };
    const broken = !typeCheckArgument(parameter, locate(value, place.scope, place.expansions), call.span, {
      report,
      definitions,
    });
    constants.set(parameter.name.text, { ...constant, broken });
  }
  return { constants, outer: definitions.scope };
}

/** Reads the definitions; reports double names and parameters, and definitions that call themselves: these are empty then. */
export function declareCalls(items: readonly Definition[], report: Report): ReadonlyMap<string, Definition> {
  const definitions = distinct(items, 'definition', report);
  for (const { parameters } of definitions.values()) distinct<Parameter>(parameters, 'parameter', report);
  const cyclic = reportCycles(definitions, report);
  return new Map(
    [...definitions].map(([name, one]) => [name, cyclic.has(name) ? { ...one, rules: [] } : one]),
  );
}

/** Warns about parameters with the names of what their definitions could use otherwise. */
export function warnHiddenByParameters({ scope, calls, services, zones }: Definitions, report: Report): void {
  for (const { name } of [...calls.values()].flatMap(({ parameters }) => parameters)) {
    warnIfHidden('parameter', name, findConstant(scope, name.text)?.name, report, 'constant');
    warnIfHidden('parameter', name, zones.get(name.text)?.name, report, 'zone');
    warnIfHidden('parameter', name, services.get(name.text)?.name, report, 'service');
  }
}

/** Warns about definitions that no rule calls: what they hold has not been looked at. */
export function warnUncalled(definitions: ReadonlyMap<string, Definition>, report: Report): void {
  for (const definition of definitions.values())
    if (!report.used.has(definition))
      report.complain('HK2054', `\`${definition.name.text}\` is never called, and so not checked`, {
        span: definition.name.span,
      });
}

function reportCycles(definitions: ReadonlyMap<string, Definition>, report: Report): ReadonlySet<string> {
  const cycles = findCycles(definitions.keys(), (name) =>
    callsIn(definitions.get(name)?.rules ?? [], definitions),
  );
  for (const cycle of cycles) {
    const start = definitions.get(cycle.at(-1)?.to ?? '');
    const path = [start?.name.text, ...cycle.map((edge) => edge.to)].join(' → ');
    report.complain('HK2052', `\`${start?.name.text}\` calls itself: ${path}`, {
      span: start?.name.span,
      labels: cycle.map(({ to, span }) => ({ span, message: `calls \`${to}\`` })),
    });
  }
  return new Set(cycles.flat().map(({ to }) => to));
}

function callsIn(
  items: Definition['rules'],
  definitions: ReadonlyMap<string, Definition>,
): readonly { readonly to: string; readonly span: Span }[] {
  return items.flatMap((item) => {
    if (item.kind === 'when') return callsIn(item.rules, definitions);
    return item.terms.flatMap((term, index) =>
      term.kind === 'word' && definitions.has(term.text) && isMark(item.terms[index + 1], '(')
        ? [{ to: term.text, span: term.span }]
        : [],
    );
  });
}
