// The types of parameters: what a call gives is held against them before the body is read.
import type { DataType } from '../datatype/define.ts';
import { knownService } from '../datatype/known-services.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Parameter } from '../syntax/ast.ts';
import type { Span } from '../text/source.ts';
import { type Cursor, cursorOver, type Located, peekArgument } from './cursor.ts';
import { readElements } from './element.ts';
import { setTypes } from './element-types.ts';
import type { Definitions } from './expansion.ts';
import type { Report } from './report.ts';
import { serviceNames } from './service.ts';
import { self } from './zone.ts';

interface Context {
  readonly report: Report;
  readonly definitions: Definitions;
}

/** Whether the terms that a call gives fit the parameter; reports what does not, at both ends. */
export function typeCheckArgument(
  { name, type }: Parameter,
  given: readonly Located[],
  span: Span,
  { report, definitions }: Context,
): boolean {
  if (!type) return true;
  const types = setTypes.get(type.text);
  const names = namesOf(definitions).get(type.text);
  if (!types && !names) {
    const help = nearestName(type.text, [...setTypes.keys(), 'service', 'zone']);
    report.complain('HK3015', `\`${type.text}\` is not a type`, { span: type.span, help });
    return false;
  }
  const cursor = cursorOver(given, span, report);
  cursor.taker = { text: name.text, span: name.span };
  if (types) return refersToSet(given) || readsAs(types, cursor);
  const at = peekArgument(cursor);
  if (at === 'broken') return false;
  if (at?.term.kind === 'word' && names?.has(at.term.text)) return true;
  const text = at?.term.kind === 'word' ? at.term.text : '';
  report.complain('HK2053', `this is not the name of a ${type.text}`, {
    span: at?.term.span ?? span,
    help: nearestName(text, names?.all ?? []),
    labels: [{ span: name.span, message: `\`${name.text}\` takes a ${type.text}` }],
  });
  return false;
}

/** Sets say their own type where they are used. */
function refersToSet([first]: readonly Located[]): boolean {
  return first?.term.kind === 'set-reference';
}

function readsAs(types: readonly DataType[], cursor: Cursor): boolean {
  return readElements(cursor, types) !== undefined;
}

interface Names {
  readonly has: (name: string) => boolean;
  readonly all: Iterable<string>;
}

/** Kinds of parameters that take the name of something, and which names those are. */
function namesOf({ services, zones }: Definitions): ReadonlyMap<string, Names> {
  const isService = (name: string): boolean => services.has(name) || knownService(name) !== undefined;
  return new Map([
    ['service', { has: isService, all: serviceNames(services) }],
    ['zone', { has: (name: string) => zones.has(name) || name === self, all: [...zones.keys(), self] }],
  ]);
}
