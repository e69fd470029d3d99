// What the report leaves open, and what its words mean.
import { text, type Xml } from '../../picture/xml.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { countedText, countText } from '../number.ts';
import { section } from './section.ts';

const words: readonly (readonly [string, string])[] = [
  ['stale', 'the first packet of the connection, sent again as a new one, would not pass today'],
  ['passes', 'packets of a stale connection pass nevertheless, as a rule lets established ones through'],
  ['cut', 'packets of at least one direction of the connection are dropped today'],
  ['drift', 'the nat rules would translate the connection otherwise today'],
];

/** The last section. */
export function aboutSection({ summary }: Report): readonly Xml[] {
  const notes = notesOf(summary);
  return [
    section(
      'About this report',
      '',
      tag(
        'dl',
        {},
        words.flatMap(([word, meaning]) => [tag('dt', {}, text(word)), tag('dd', {}, text(meaning))]),
      ),
      notes.map((note) => tag('p', { class: 'hint' }, text(note))),
    ),
  ];
}

function notesOf({ totals, broken, by }: Report['summary']): readonly string[] {
  const { connections, counted } = totals;
  const given = by.host.others.connections + by.service.others.connections;
  return [
    broken > 0 &&
      `${countedText(broken, 'line')} could not be read, and ${broken === 1 ? 'is' : 'are'} not in here.`,
    connections > 0 &&
      counted < connections &&
      `${countText(connections - counted)} of ${countedText(connections, 'connection')} had no counters: set net.netfilter.nf_conntrack_acct to 1 to have bytes of new ones.`,
    given > 0 &&
      'There were too many hosts or services to keep all apart; small ones may lack some of theirs.',
  ].filter((note) => note !== false);
}
