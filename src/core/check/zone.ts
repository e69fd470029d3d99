// Zones: interfaces and addresses under a name, and the conditions that `from zone NAME` and `to zone NAME` stand for.
import { interfaceName, ipv4Address } from '../datatype/types.ts';
import type { PolicyZone, ZoneAddresses } from '../ir/policy.ts';
import type { Statement, Zone as ZoneNode } from '../syntax/ast.ts';
import type { Element, Name, Term } from '../syntax/term.ts';
import { cover, type Span } from '../text/source.ts';
import { makeCursor } from './cursor.ts';
import { readElements } from './element.ts';
import { addressTypes } from './element-types.ts';
import { readLines, refuseBlock } from './line.ts';
import { makeReport, type Report } from './report.ts';
import { distinct, type Scope } from './scope.ts';

/** Where packets come from or go to; at least one of the two lists has elements. */
export interface Zone {
  readonly name: Name;
  readonly interfaces: readonly Element[];
  /** The names of the interfaces, wildcards among them. */
  readonly names: readonly string[];
  readonly addresses: readonly Element[];
  /** The same with its values, for what looks at packets. */
  readonly told: PolicyZone;
}

export type Zones = ReadonlyMap<string, Zone>;

/** The firewall itself, of which every policy knows. */
export const self = 'self';

/** In a policy, every zone but the firewall itself. */
export const any = 'any';

const knownZones: ReadonlyMap<string, string> = new Map([
  [self, 'the firewall itself and needs no declaration'],
  [any, 'every zone, so that none can be called that'],
]);

/** Reads the declarations; a zone in which something is wrong has what could be read. */
export function declareZones(items: readonly ZoneNode[], scope: Scope, report: Report): Zones {
  const zones = distinct(items, 'zone', report);
  return new Map([...zones].map(([name, zone]) => [name, declareZone(zone, scope, report)]));
}

function declareZone({ name, span, statements }: ZoneNode, scope: Scope, report: Report): Zone {
  const interfaces: Element[] = [];
  const addresses: Element[] = [];
  const take = (list: Element[]) => (_: unknown, line: Statement) => {
    refuseBlock(line, report);
    list.push(...elementsOf(line.terms.slice(1)));
  };
  const readers = new Map([
    ['interface', take(interfaces)],
    ['address', take(addresses)],
  ]);
  const before = report.errors();
  readLines(statements, readers, scope, report);
  const known = knownZones.get(name.text);
  if (known)
    report.complain('HK2059', `\`${name.text}\` is ${known}`, {
      span: name.span,
      help: 'choose another name',
    });
  else if (interfaces.length + addresses.length === 0 && report.errors() === before)
    report.complain('HK2059', `zone \`${name.text}\` has neither interfaces nor addresses`, {
      span: name.span,
    });
  const names = namesOf(interfaces, span, scope, report);
  const told = {
    name: name.text,
    interfaces: names,
    ...(addresses.length > 0 && { addresses: rangesOf(addresses, span, scope) }),
  };
  return { name, interfaces, names, addresses, told };
}

/** The values of addresses; what is wrong with them is reported where rules use the zone. */
function rangesOf(
  elements: readonly Element[],
  span: Span,
  scope: Scope,
): readonly ZoneAddresses[] | 'not-told' {
  const cursor = makeCursor([{ kind: 'braces', elements, span }], span, scope, makeReport(false));
  const read = readElements(cursor, addressTypes)?.elements;
  return (
    read?.flatMap((one) =>
      one.kind === 'range' ? [{ family: one.type === ipv4Address ? 4 : 6, range: one.range }] : [],
    ) ?? 'not-told'
  );
}

/** Reads the names of the interfaces; reports what is none. */
function namesOf(elements: readonly Element[], span: Span, scope: Scope, report: Report): readonly string[] {
  if (elements.length === 0) return [];
  const cursor = makeCursor([{ kind: 'braces', elements, span }], span, scope, report);
  const read = readElements(cursor, [interfaceName])?.elements ?? [];
  return read.flatMap((one) => (one.kind === 'name' ? [one.name] : []));
}

/** The terms between the commas. */
function elementsOf(terms: readonly Term[]): readonly Element[] {
  const groups: Term[][] = [[]];
  for (const term of terms) {
    if (term.kind === 'mark' && term.text === ',') groups.push([]);
    else groups.at(-1)?.push(term);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    return first && last ? [{ terms: group, span: cover(first.span, last.span) }] : [];
  });
}

/** Which side of the packet is in the zone. */
export type Side = 'from' | 'to';

const keys = {
  from: { interface: 'iifname', address: 'saddr', type: 'fib saddr type' },
  to: { interface: 'oifname', address: 'daddr', type: 'fib daddr type' },
} as const;

/** The conditions as terms of a rule; the firewall itself is known by its local addresses. `span`: of the use. */
export function zoneTerms(zone: Zone | typeof self, side: Side, span: Span): readonly Term[] {
  const key = keys[side];
  if (zone === self) return words(`${key.type} local`, span);
  return [
    ...conditionOf(key.interface, zone.interfaces, zone.name.span),
    ...conditionOf(key.address, zone.addresses, zone.name.span),
  ];
}

function conditionOf(key: string, elements: readonly Element[], span: Span): readonly Term[] {
  const [only, ...others] = elements;
  if (!only) return [];
  const value: readonly Term[] =
    others.length === 0 ? only.terms : [{ kind: 'braces', elements, span: only.span }];
  return [...words(key, span), ...value];
}

function words(text: string, span: Span): readonly Term[] {
  return text.split(' ').map((word): Term => ({ kind: 'word', text: word, span }));
}
