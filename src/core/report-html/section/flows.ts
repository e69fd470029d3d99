// Where connections come from, which rule decides about them, and where they go to: as a picture.
import type { Group } from '../../conntrack-check/summary.ts';
import type { Xml } from '../../picture/xml.ts';
import { legend } from '../bar.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { drawSankey } from '../sankey.ts';
import { table } from '../table.ts';
import { barColumn, bytesColumns, connectionsColumn, nameColumn, section, staleColumn } from './section.ts';

/** The place in a file, of which there is not room enough. */
function withoutFile(rule: string): string {
  return rule.replace(/ \([^()]*:\d+\)(?=:)/, '');
}

/** The picture twice, for wide and for narrow pages, and the pairs of zones as a table. */
export function flowSection({ summary }: Report): readonly Xml[] {
  const flows = summary.flows.map(({ rule, ...flow }) => ({ ...flow, by: rule }));
  const numbers = new Map(summary.by.rule.groups.map(({ name }, at) => [name, at + 1]));
  const numbered = (name: string) => {
    const number = numbers.get(name);
    return number === undefined ? name : `${number}  ${withoutFile(name)}`;
  };
  const wide = drawSankey(flows, { width: 1072, middle: 380, side: 130, nameOf: numbered });
  const narrow = drawSankey(flows, {
    width: 332,
    middle: 66,
    side: 80,
    nameOf: (name) => `${numbers.get(name) ?? name}`,
  });
  if (!wide || !narrow) return [];
  const zones = summary.by.zone.groups;
  return [
    section(
      'Flows',
      'From where, by which rule, to where. The numbers are those of the table of rules.',
      tag('figure', { class: 'wide' }, wide),
      tag('figure', { class: 'narrow' }, narrow),
      summary.totals.stale > 0 ? [flowLegend] : [],
      table('Connections by where they come from and go to', zoneColumns(zones, summary.totals), zones, ''),
    ),
  ];
}

const flowLegend = legend(['fits', 'would be admitted today'], ['stale', 'stale']);

function zoneColumns(rows: readonly Group[], totals: Report['summary']['totals']) {
  return [
    nameColumn('from and to'),
    barColumn(rows),
    connectionsColumn,
    ...(totals.stale > 0 ? [staleColumn] : []),
    ...bytesColumns(totals),
  ];
}
