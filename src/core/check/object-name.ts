// What rules and maps name of their table must be there: counters, helpers, flowtables and so on, and maps that have what
// is looked for in them.
import type { DiagnosticDetails } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { NamedMap, NamedObject, Part, Rule } from '../ir/ruleset.ts';
import { isObjectType } from '../ir/tuple.ts';
import type { MapName, ObjectName } from '../match/define.ts';
import { mapsIn, objectsIn } from '../statement/named.ts';
import { callLabels } from './origin.ts';
import type { Report } from './report.ts';

interface Named {
  readonly objects: readonly NamedObject[];
  readonly maps: readonly NamedMap[];
  /** Kind and name of what is there too, but of which not all is known: kept for another tool, or with a mistake. */
  readonly obscure: ReadonlySet<string>;
}

/** Reports what is named and missing, once for each place. */
export function checkObjectNames(rules: readonly Rule[], named: Named, report: Report): void {
  for (const map of named.maps) {
    const names = map.entries.flatMap(({ data }) => (data.kind === 'object' ? [data.name] : []));
    for (const name of new Set(names))
      checkObject({ kind: map.data, name }, { span: map.span }, named, report);
  }
  const told = new Set<string>();
  for (const rule of rules) for (const part of rule.parts) checkPart(part, rule, told, named, report);
}

/** Almost no part of a rule names anything. */
function checkPart(part: Part, { calls }: Rule, told: Set<string>, named: Named, report: Report): void {
  const objects = objectsIn(part);
  const maps = mapsIn(part);
  if (objects.length === 0 && maps.length === 0) return;
  const place = `${part.span?.source.name} ${part.span?.start}`;
  if (told.has(place)) return;
  told.add(place);
  const where = { span: part.span, labels: callLabels(calls) };
  for (const object of objects) checkObject(object, where, named, report);
  for (const map of maps) checkMap(map, where, named, report);
}

/** Where something is named, with labels in the definitions on the way there. */
type Place = Pick<DiagnosticDetails, 'span' | 'labels'>;

function checkObject(
  { kind, name }: ObjectName,
  place: Place,
  { objects, obscure }: Named,
  report: Report,
): void {
  const known = objects.filter((object) => object.kind === kind);
  if (known.some((object) => object.name === name)) return;
  if (obscure.has(`${kind} ${name}`)) return;
  const names = known.map((object) => object.name);
  const help = nearestName(name, names) ?? `declare it in this table with \`${kind} NAME …\``;
  report.complain('HK2068', `no ${kind} of this table is called \`${name}\``, { ...place, help });
}

function checkMap({ name, data }: MapName, place: Place, named: Named, report: Report): void {
  const { maps, obscure } = named;
  const map = maps.find((one) => one.name === name);
  if (map ? dataOf(map) === data : obscure.has(`map ${name}`)) return;
  if (map) {
    const message = `map \`${name}\` holds ${describe(dataOf(map))}, and ${describe(data)} are needed here`;
    report.complain('HK2069', message, place);
    return;
  }
  const names = maps.map((one) => one.name);
  report.complain('HK2069', `no map of this table is called \`${name}\``, {
    ...place,
    help: nearestName(name, names),
  });
}

function dataOf({ data }: NamedMap): string {
  return data === 'verdict' || isObjectType(data) ? data : 'value';
}

function describe(data: string): string {
  return data === 'value' ? 'values' : data === 'verdict' ? 'verdicts' : `${data} names`;
}
