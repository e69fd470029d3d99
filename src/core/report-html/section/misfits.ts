// Connections that do not fit, one by one.

import type { DumpedEntry } from '../../conntrack/dumped.ts';
import { formatTuple } from '../../conntrack/format.ts';
import type { CheckedConnection } from '../../conntrack-check/check.ts';
import { endpointsText } from '../../conntrack-check/endpoints.ts';
import { stateText } from '../../conntrack-check/state.ts';
import { text, type Xml } from '../../picture/xml.ts';
import { decidingText } from '../../trace/deciding-text.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { countText } from '../number.ts';
import { cutShort } from '../shorten.ts';
import { type Column, table } from '../table.ts';
import { section } from './section.ts';

type Misfit = CheckedConnection<DumpedEntry>;

/** Nothing where all fit: the summary has said so. */
export function misfitSection({ summary: { totals }, misfits }: Report): readonly Xml[] {
  if (misfits.length === 0) return [];
  const isCut = misfits.length < totals.stale + totals.depends || misfits.length < totals.drift;
  const cut = isCut
    ? ` The first ${misfits.length === 1 ? 'one is' : `${countText(misfits.length)} are`} shown.`
    : '';
  const hint = `Their first packet would not pass today, or they are translated otherwise than the rules say.${cut}`;
  return [section('What does not fit', hint, table('Connections that do not fit', columns, misfits, ''))];
}

const columns: readonly Column<Misfit>[] = [
  {
    head: 'connection',
    isCode: true,
    cell: ({ entry }) => text(`${entry.protocolName} ${endpointsText(entry.original)}`),
    key: ({ entry }) => endpointsText(entry.original),
  },
  { head: 'state', cell: ({ entry }) => text(stateText(entry)), key: ({ entry }) => stateText(entry) },
  { head: 'what', cell: tagsOf, key: wordsOf },
  { head: 'because', isCode: true, cell: (one) => text(cutShort(reasonOf(one))), key: reasonOf },
];

function wordsOf({ admission, survival, translation }: Misfit): string {
  return [
    admission === 'stale' && (survival === 'cut' ? 'stale, cut' : 'stale, passes'),
    admission === 'depends' && 'not decidable',
    translation.verdict === 'drift' && 'drift',
  ]
    .filter(Boolean)
    .join(' · ');
}

function tagsOf(misfit: Misfit): readonly Xml[] {
  return [tag('span', { class: `tag ${misfit.admission}` }, text(wordsOf(misfit)))];
}

function reasonOf({ deciding, reason, translation }: Misfit): string {
  const decided = deciding ? decidingText(deciding) : reason ? `the stack: ${reason}` : '';
  if (translation.verdict !== 'drift' || !translation.expected) return decided;
  return `the rules give answers ${formatTuple(translation.expected)}`;
}
