// Who can talk to whom: a row and a column for each address, and below why pairs can't.
import Table from 'cli-table3';
import { formatAddress } from '../../core/datatype/address.ts';
import { type Failure, type Reach, type Station, stationText } from '../../core/network/reach.ts';
import type { Surface } from '../terminal.ts';

/** A verdict in a cell. */
export const signs = { yes: '✓', no: '·', depends: '?' } as const;

/** The matrix, and a line for each reason with the pairs that have it. */
export function reachMatrix(
  stations: readonly Station[],
  found: readonly Reach[],
  { paint }: Surface,
): string {
  const table = new Table({
    head: ['', 'from', ...stations.map((_, at) => String(at + 1))],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const [at, from] of stations.entries())
    table.push([String(at + 1), stationText(from), ...stations.map((to) => signOf(from, to, found))]);
  const reasons = reasonsOf(found).map(([why, pairs]) => `${paint('bad', why)}\n  ${pairs.join('\n  ')}`);
  return `${[table.toString(), ...reasons].join('\n')}\n`;
}

function signOf(from: Station, to: Station, found: readonly Reach[]): string {
  const one = found.find(
    (each) =>
      each.from.host === from.host &&
      formatAddress(each.from.address) === formatAddress(from.address) &&
      each.goal === to.host &&
      formatAddress(each.to) === formatAddress(to.address),
  );
  return one ? signs[one.verdict] : '';
}

/** Where it ended, and why. */
export function failureText({ direction, host, device, why }: Failure): string {
  return `${direction === 'back' ? 'the answer ' : ''}ends at ${host}${device === undefined ? '' : ` ${device}`}: ${why}`;
}

/** So many pairs are named for each reason. */
const shown = 6;

function reasonsOf(found: readonly Reach[]): readonly (readonly [string, readonly string[]])[] {
  const byReason = new Map<string, string[]>();
  for (const { from, to, failure } of found) {
    if (!failure) continue;
    const text = failureText(failure);
    byReason.set(text, [...(byReason.get(text) ?? []), `${stationText(from)} → ${formatAddress(to)}`]);
  }
  return [...byReason].map(([why, pairs]) => [
    why,
    pairs.length > shown ? [...pairs.slice(0, shown), `and ${pairs.length - shown} more`] : pairs,
  ]);
}
