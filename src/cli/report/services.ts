// Who may talk to whom by a service, as a table and as JSON.
import type { z } from 'zod';
import type { KnownValues } from '../../core/analyse/known-values.ts';
import { nameOfService } from '../../core/analyse/named-services.ts';
import { writePrefix, writeRanges } from '../../core/analyse/range-text.ts';
import type { ServiceMatrix, ServiceQuestion } from '../../core/analyse/services.ts';
import { addressWidth, formatAddress } from '../../core/datatype/address.ts';
import { contains, type Range, toPrefixes } from '../../core/datatype/range.ts';
import type { servicesReport } from '../schema/analysis.ts';
import type { ClassesOut } from './classes.ts';
import { fitTable } from './fit-table.ts';

/** A table for each service: groups of addresses that behave alike, and which of them each may begin to talk to. */
export function servicesText(
  matrices: readonly ServiceMatrix[],
  missed: readonly ServiceQuestion[],
  known: KnownValues,
  out: ClassesOut,
): string {
  const { paint } = out;
  const tables = matrices.map((one) => `${paint('strong', titleOf(one))}\n${tableOf(one, known, out)}`);
  const rest = missed.map(questionText).join('; ');
  const last = `${paint('bad', 'not looked at to the end')}: ${rest}; \`--time-limit\` gives more time\n`;
  return [...tables, ...(missed.length > 0 ? [last] : [])].join('\n');
}

function questionText({ service, family }: ServiceQuestion): string {
  return `${nameOfService(service)}, IPv${family}`;
}

function titleOf(matrix: ServiceMatrix): string {
  return `${questionText(matrix)}: who may begin to talk to whom`;
}

function tableOf(matrix: ServiceMatrix, known: KnownValues, { width, limit }: ClassesOut): string {
  const { groups, here, free, assumptions } = matrix;
  const more = groups.length - limit;
  const rows = groups
    .slice(0, limit)
    .map(({ ranges, to }, at) => [
      `${at + 1}`,
      rangesText(ranges, matrix, known),
      placesText(to, groups.length),
    ]);
  const reaching = here.length > 0 ? rangesText(here, matrix, known) : 'nobody';
  return [
    fitTable(['', 'addresses', 'to'], rows, width),
    ...(more > 0 ? [`and ${more} more groups, which \`--json\` has\n`] : []),
    `this host may be reached from: ${reaching}\n`,
    ...(free.length > 0 ? [`counted as letting packets pass: ${free.join('; ')}\n`] : []),
    ...assumptions.map((one) => `taken for granted: ${one}\n`),
  ].join('');
}

/** Numbers of groups, those that follow each other as a range. */
function placesText(to: readonly number[], count: number): string {
  if (to.length === 0) return 'nobody';
  if (to.length === count) return 'all';
  const runs: [number, number][] = [];
  for (const place of to) {
    const last = runs.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else runs.push([place, place]);
  }
  return runs.map(([lo, hi]) => (lo === hi ? `${lo + 1}` : `${lo + 1}-${hi + 1}`)).join(', ');
}

/** Of longer lists the JSON has the rest. */
const mostParts = 12;

function rangesText(ranges: readonly Range[], { family }: ServiceMatrix, known: KnownValues): string {
  const width = addressWidth(family);
  if (ranges.some(({ lo, hi }) => lo === 0n && hi === (1n << BigInt(width)) - 1n)) return 'all';
  const format = (value: bigint) => formatAddress({ family, value });
  const named = known.addresses.filter((one) => one.family === family);
  const open = known.open?.source[family] ?? [];
  const style = { width, named, open, write: (range: Range) => writePrefix(range, width, format) };
  const text = writeRanges(ranges, style);
  if (text === '') return isAmong(ranges, open) ? 'special addresses' : 'all';
  const parts = text.split(', ');
  if (parts.length <= mostParts) return parts.join(', ');
  return `${parts.slice(0, mostParts).join(', ')}, and ${parts.length - mostParts} more`;
}

/** Those that are unspecified, loopback, multicast or broadcast. */
function isAmong(ranges: readonly Range[], special: readonly Range[]): boolean {
  return ranges.every(({ lo }) => contains(special, lo));
}

/** The same for programs: prefixes instead of names. */
export function servicesToJson(
  matrices: readonly ServiceMatrix[],
  missed: readonly ServiceQuestion[],
): z.infer<typeof servicesReport> {
  return {
    schema: 'hookline.services/1',
    services: matrices.map(({ service, family, groups, here, free, assumptions }) => {
      const prefixes = (ranges: readonly Range[]) => ranges.flatMap((range) => prefixesOf(range, family));
      return {
        service: nameOfService(service),
        family,
        groups: groups.map(({ ranges, to }) => ({ addresses: prefixes(ranges), to: [...to] })),
        here: prefixes(here),
        free: [...free],
        assumptions: [...assumptions],
      };
    }),
    missed: missed.map(questionText),
  };
}

function prefixesOf(range: Range, family: ServiceMatrix['family']): readonly string[] {
  const width = addressWidth(family);
  return toPrefixes(range, width).map(({ lo, hi }) => {
    const length = width - (hi - lo).toString(2).replace(/^0$/, '').length;
    return `${formatAddress({ family, value: lo })}/${length}`;
  });
}
