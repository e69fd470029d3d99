// Where rules come from, for people: the line of the policy, the way through definitions, and what it became.
import { printable } from '../../core/diagnostic/excerpt.ts';
import { writeRule } from '../../core/policy-text/write-rule.ts';
import type { TracedRule } from '../../core/source-map/find.ts';
import type { KnownRule } from '../../core/source-map/mapped-rules.ts';
import type { MappedOrigin, MappedPlace, SourceMap } from '../../core/source-map/schema.ts';
import type { Paint } from '../../core/text/style.ts';

/** All that is known of a rule, in several lines. */
export function renderSource({ mapped, rule, table }: KnownRule, map: SourceMap, paint: Paint): string {
  const origins = [mapped, ...(mapped.also ?? [])];
  const lines = [
    ...origins.flatMap((origin) => originLines(origin, paint)),
    `${paint('dim', 'which means')} ${printable(writeRule(rule, table))}`,
    ...becameLines(mapped.rule, map, paint),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function originLines({ place, calls = [] }: MappedOrigin, paint: Paint): readonly string[] {
  return [
    ...(place ? placeLines('', place, paint) : ['it stands on no line of the policy']),
    ...calls.flatMap(({ name, place: inside }) => placeLines(`in \`${name}\`, `, inside, paint)),
  ];
}

function placeLines(before: string, place: MappedPlace, paint: Paint): readonly string[] {
  const number = String(place.line).padStart(4);
  return [
    `${before}${paint('strong', printable(locationText(place)))}`,
    `${paint('dim', `${number} |`)} ${printable(place.source)}`,
  ];
}

/** Every rule of every target that says the same rule of the policy; nft's JSON only where there is no text. */
function becameLines(number: number, { targets }: SourceMap, paint: Paint): readonly string[] {
  const hasText = targets.some(({ backEnd }) => backEnd === 'nft');
  const shown = targets.filter(({ backEnd }) => backEnd !== 'nft-json' || !hasText);
  return shown.flatMap(({ backEnd, rules }) =>
    rules
      .filter(({ rule, also = [] }) => rule === number || also.some((one) => one.rule === number))
      .map(
        ({ family, table, chain, index, text }) =>
          `${paint('dim', backEnd.padEnd(9))} ${printable(`${family} ${table} ${chain} ${index}: ${text}`)}`,
      ),
  );
}

function locationText({ file, line, column }: MappedPlace): string {
  return `${file}:${line}:${column}`;
}

/** One line for a rule of a dump: where it stands, where it comes from, what it says. */
export function renderTraced({ where, rule, found }: TracedRule, paint: Paint): string {
  const { family, table, chain, index } = where;
  const places = [...new Set(found.map(({ mapped }) => shortPlace(mapped)))];
  const source = places.length === 0 ? paint('bad', 'no source') : places.join(' or ');
  const text = writeRule(rule, found[0]?.table ?? { family, name: table, chains: [], sets: [], opaque: [] });
  return `${printable(`${family} ${table} ${chain} ${index}`)}  ${source}  ${paint('dim', printable(text))}\n`;
}

/** `policy.hook:12, in allow policy.hook:5`; of a rule that stands for several the first place and how many there are. */
function shortPlace({ also = [], ...first }: KnownRule['mapped']): string {
  return `${shortOrigin(first)}${also.length === 0 ? '' : ` and ${also.length} more`}`;
}

function shortOrigin({ place, calls = [] }: MappedOrigin): string {
  if (!place) return 'no line of the policy';
  const ways = calls.map((call) => `, in ${call.name} ${call.place.file}:${call.place.line}`);
  return printable(`${place.file}:${place.line}${ways.join('')}`);
}

/** The same as data. */
export function sourceToJson({ mapped, rule, table }: KnownRule): object {
  return { ...mapped, means: writeRule(rule, table) };
}

/** The same as data. */
export function tracedToJson({ where, found }: TracedRule): object {
  return { ...where, sources: found.map(sourceToJson) };
}
