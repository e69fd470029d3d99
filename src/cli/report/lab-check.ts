// What `hookline lab check` found, for people and as JSON.
import { z } from 'zod';
import { formatAddress } from '../../core/datatype/address.ts';
import { type Reach, type Station, stationText } from '../../core/network/reach.ts';
import type { Compared } from '../lab-check.ts';
import type { Surface } from '../terminal.ts';

const station = z.object({ host: z.string(), address: z.string() });

/** What `hookline lab check --json` prints. */
export const labCheckReport = z
  .object({
    schema: z.literal('hookline.lab-check/1'),
    asked: z.number().int().describe('questions that were put to both'),
    differ: z.number().int().describe('questions that they answer differently'),
    pairs: z.array(
      z.object({
        from: station,
        to: station,
        probe: z.string().describe('`ping`, `tcp 22` or `udp 53`'),
        agrees: z.boolean(),
        reach: z
          .enum(['yes', 'no', 'depends'])
          .describe('what `hookline reach` says; `depends` agrees with all'),
        why: z.string().optional().describe('where it ends, and why'),
        kernel: z.enum(['yes', 'no']).describe('whether an answer came'),
        kernelSays: z.string(),
      }),
    ),
  })
  .meta({
    title: 'hookline lab check',
    description: 'Whether a network of namespaces answers as the model of it says.',
  });

/** The same as data. */
export function labCheckToJson(found: readonly Compared[]): z.infer<typeof labCheckReport> {
  return {
    schema: 'hookline.lab-check/1',
    asked: found.length,
    differ: found.filter(({ agrees }) => !agrees).length,
    pairs: differencesFirst(found).map(({ from, to, probe, model, real, agrees }) => ({
      from: stationToJson(from),
      to: stationToJson(to),
      probe: probeText(probe),
      agrees,
      reach: model.verdict,
      ...(model.failure && { why: failureText(model.failure) }),
      kernel: real.answered ? 'yes' : 'no',
      kernelSays: real.why,
    })),
  };
}

function stationToJson({ host, address }: Station) {
  return { host, address: formatAddress(address) };
}

/** So many pairs that agree are shown where not all are asked for. */
const shown = 40;

/** A line for each question, those that differ first, and what it comes to. */
export function labCheckText(found: readonly Compared[], isAll: boolean, { paint }: Surface): string {
  const sorted = differencesFirst(found);
  const differ = sorted.filter(({ agrees }) => !agrees).length;
  const visible = isAll ? sorted : sorted.slice(0, differ + shown);
  const rows = [heads, ...visible.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const lines = rows.map((cells, at) => {
    const line = cells
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return at === 0 ? paint('strong', line) : at <= differ ? paint('bad', line) : line;
  });
  const hidden = sorted.length - visible.length;
  return [
    ...lines,
    ...(hidden > 0 ? [paint('dim', `and ${hidden} more that agree: \`--all\` shows them`)] : []),
    '',
    differ === 0
      ? `${paint('good', 'agreed')}: ${found.length} of ${found.length}`
      : `${paint('bad', 'differ')}: ${differ} of ${found.length}`,
    '',
  ].join('\n');
}

const heads = ['from', 'to', 'asked', 'reach', 'kernel'];

function cellsOf({ from, to, probe, model, real }: Compared): readonly string[] {
  const why = model.failure ? `: ${failureText(model.failure)}` : '';
  const kernel = `${real.answered ? 'yes' : 'no'}: ${real.why}`;
  return [stationText(from), stationText(to), probeText(probe), `${model.verdict}${why}`, kernel];
}

function differencesFirst(found: readonly Compared[]): readonly Compared[] {
  return found.toSorted((one, other) => Number(one.agrees) - Number(other.agrees));
}

function probeText(probe: Compared['probe']): string {
  return probe.kind === 'ping' ? 'ping' : `${probe.kind} ${probe.port}`;
}

function failureText({ direction, host, device, why }: NonNullable<Reach['failure']>): string {
  const place = device === undefined ? host : `${host} ${device}`;
  return `${direction === 'back' ? 'the answer ends' : 'ends'} at ${place}: ${why}`;
}
