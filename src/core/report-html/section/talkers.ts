// Who begins connections, and to what.

import type { Group, Groups } from '../../conntrack-check/summary.ts';
import { text, type Xml } from '../../picture/xml.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { countedText, countText } from '../number.ts';
import { table } from '../table.ts';
import { groupColumns, part, section } from './section.ts';

/** So many hosts and services are in the tables. */
const most = 60;

/** Hosts and services, beside each other where there is room. */
export function talkerSection({ summary }: Report): readonly Xml[] {
  const { host, service } = summary.by;
  if (host.groups.length === 0) return [];
  const tableOf = (head: string, caption: string, groups: Groups) => {
    const rows = shownOf(groups, summary.talkers, head);
    return [
      ...table(caption, groupColumns(head, rows, summary.totals), rows, ''),
      ...restOf(groups, rows.length, head),
    ];
  };
  return [
    section(
      'Hosts and services',
      '',
      tag(
        'div',
        { class: 'columns' },
        part('Hosts', 'Who began the connections.', tableOf('host', 'Hosts by connections', host)),
        part(
          'Services',
          'The protocol and port that connections were begun to.',
          tableOf('service', 'Services by connections', service),
        ),
      ),
    ),
  ];
}

/** Those with the most connections; of hosts also those that have carried the most. */
function shownOf({ groups }: Groups, talkers: readonly Group[], head: string): readonly Group[] {
  const first = groups.slice(0, most);
  const names = new Set(first.map(({ name }) => name));
  const heavy = head === 'host' ? talkers.slice(0, 10).filter(({ name }) => !names.has(name)) : [];
  return [...first, ...heavy];
}

function restOf({ groups, others }: Groups, shown: number, what: string): readonly Xml[] {
  const rest = groups.slice(shown).reduce((sum, { connections }) => sum + connections, others.connections);
  if (rest === 0) return [];
  const words =
    others.connections === 0
      ? `${countedText(groups.length - shown, `other ${what}`)} with ${countedText(rest, 'connection')}`
      : `other ${what}s with ${countText(rest)} connections`;
  return [tag('p', { class: 'hint' }, text(`Not shown: ${words}.`))];
}
