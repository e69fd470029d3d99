// A packet of this machine in words: what its kernel did with it, in the form of a trace, and whether that was foretold.

import { ruleText } from '../../core/ir/rule-text.ts';
import type { TraceEvent } from '../../core/live/event.ts';
import type { LivePacket } from '../../core/live/gather.ts';
import { readHeaders } from '../../core/live/headers.ts';
import type { Installed } from '../../core/live/installed.ts';
import { formatInjection, formatPacket } from '../../core/packet/format.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import { unknownsOf } from '../../core/trace/unknowns.ts';
import type { LiveRules } from '../live-rules.ts';
import type { Surface } from '../terminal.ts';
import type { LiveAnswer, LiveCount } from './live-answer.ts';

/** So many lines of each side are shown where they differ. */
const shown = 4;

/** All about one packet. */
export function livePacketText(answer: LiveAnswer, installed: Installed, { paint }: Surface): string {
  const { packet, injection } = answer;
  const head = `${paint('strong', `packet ${packet.number}`)}  ${paint('dim', clockTime(packet.time))}`;
  const spec = injection ? formatInjection(injection) : packet.headers;
  return [
    `${head}  ${spec}`,
    ...(packet.state ? [`  ${paint('accent', 'conntrack')}  ${packet.state}`] : []),
    ...packet.events.flatMap((event) => eventLines(event, installed, paint)),
    `${paint('strong', 'kernel')}  ${endText(packet, installed)}${packet.isCut ? '; events of it were lost' : ''}`,
    ...foretoldLines(answer, paint),
    '',
  ].join('\n');
}

function clockTime(time: number): string {
  return new Date(time).toISOString().slice(11, 23);
}

type Paint = Surface['paint'];

function eventLines(event: TraceEvent, installed: Installed, paint: Paint): readonly string[] {
  const { family, table, chain } = event;
  switch (event.kind) {
    case 'packet': {
      const base = installed.base(family, table, chain);
      const about = base ? `${base.hook}, ${base.type}, priority ${base.priority}` : '';
      return [`  ${paint('accent', `${family} ${table} ${chain}`)}  ${paint('dim', about)}`];
    }
    case 'policy':
      return [`    ${mark(event.policy === 'accept', paint)} policy ${event.policy}`];
    case 'rule': {
      const { rule, foretold, index } = installed.find(family, table, event.handle) ?? {};
      const own = foretold?.rule ?? rule;
      const { kind, target } = event.verdict;
      const place = own?.span && foretold ? locationOf(own.span) : undefined;
      const number = foretold?.index ?? index ?? `handle ${event.handle}`;
      // A chain that others jump to is named.
      const inside = installed.base(family, table, chain) ? '' : `  ${chain} `;
      const words = [
        `${inside}${number}  ${own ? ruleText(own) : (event.text ?? '')}`,
        paint('strong', [kind, target].filter(Boolean).join(' ')),
        place ? `${place.file}:${place.line}` : '',
        foretold || !rule ? '' : paint('bad', 'not a rule of the policy'),
      ];
      return [`    ${mark(kind !== 'drop', paint)} ${words.filter(Boolean).join('  ')}`];
    }
    case 'other':
      return [];
  }
}

function mark(isGood: boolean, paint: Paint): string {
  return isGood ? paint('good', '✓') : paint('bad', '✗');
}

/** Where the kernel was done with it. */
function endText({ end, lastHeaders, direction, events }: LivePacket, installed: Installed): string {
  switch (end) {
    case 'delivered':
      return 'delivered to this host';
    case 'left': {
      const seen = readHeaders(lastHeaders);
      if (typeof seen === 'string') return 'left';
      const { link: _link, ...packet } = seen.packet;
      return `${direction === 'in' ? 'forwarded' : 'sent'} out ${seen.oif} as ${formatPacket(packet)}`;
    }
    case 'dropped':
      return `dropped by ${droppedBy(events, installed)}`;
    case 'queued':
      return 'handed to a program by a queue';
    case 'gone':
      return 'ended by the stack, and by no rule of nft';
  }
}

function droppedBy(events: readonly TraceEvent[], installed: Installed): string {
  const last = events.findLast(({ kind }) => kind === 'rule' || kind === 'policy');
  if (!last) return 'a rule';
  const { family, table, chain } = last;
  const place = `${family} ${table} ${chain}`;
  if (last.kind !== 'rule') return `the policy of ${place}`;
  const { foretold, index } = installed.find(family, table, last.handle) ?? {};
  const number = foretold?.index ?? index;
  const source = foretold?.rule.span && locationOf(foretold.rule.span);
  return `rule ${number ?? `handle ${last.handle}`} of ${place}${source ? ` (${source.file}:${source.line})` : ''}`;
}

function foretoldLines({ compared, traced, why }: LiveAnswer, paint: Paint): readonly string[] {
  const head = paint('strong', 'foretold');
  if (!compared || !traced) return [`${head}  nothing: ${why ?? 'it is not known where it came'}`];
  if (compared.agrees) {
    const open = traced.verdict === 'depends' ? unknownsOf(traced).map(({ question }) => question) : [];
    return [`${head}  the same${open.length > 0 ? `, where it depends on ${open.join('; ')}` : ''}`];
  }
  const { verdict, fate, deciding, reason } = compared.way;
  const because = reason ?? (deciding ? decidingText(deciding) : undefined);
  return [
    `${head}  ${paint('bad', 'otherwise')}: ${verdict}, ${fate}${because === undefined ? '' : `, because of ${because}`}`,
    ...sideLines('kernel  ', compared.kernel, paint),
    ...sideLines('foretold', compared.foretold, paint),
  ];
}

function sideLines(name: string, lines: readonly string[], paint: Paint): readonly string[] {
  const more = lines.length > shown ? [`  ${name}  and ${lines.length - shown} more`] : [];
  const some = lines.length === 0 ? ['nothing more'] : lines.slice(0, shown);
  return [...some.map((line) => `  ${paint('dim', name)}  ${line}`), ...more];
}

/** What a reader should know at the beginning. */
export function liveNotes(rules: LiveRules, by: 'owner' | 'guardian'): string {
  const { missing, unseen } = rules.installed();
  const removal =
    by === 'owner'
      ? 'the kernel removes the rule that traces with this process'
      : 'another process removes the rule that traces when this one ends';
  return [
    `${removal}; Ctrl-C ends it`,
    ...missing.map((one) => `the machine has no table ${tableName(one)} of the policy`),
    ...(rules.hostProblem === undefined
      ? []
      : [`routing is taken as the kernel does it: ${rules.hostProblem}`]),
    ...(unseen.length === 0 ? [] : [`a trace of nft does not show ${unseen.map(tableName).join(', ')}`]),
    '',
  ].join('\n');
}

function tableName({ family, name }: { readonly family: string; readonly name: string }): string {
  return `${family} ${name}`;
}

/** One line about all packets. */
export function liveSummaryText({ packets, agreed, differed, uncompared, lost, changes }: LiveCount): string {
  return [
    `${packets} ${packets === 1 ? 'packet' : 'packets'}: ${agreed} as foretold, ${differed} otherwise, ${uncompared} not compared`,
    ...(lost > 0
      ? [`${lost} events were lost: packets come faster than they can be shown; a narrower filter helps`]
      : []),
    ...(changes > 0
      ? [`the rules of the machine were changed ${changes === 1 ? 'once' : `${changes} times`}`]
      : []),
    '',
  ].join('\n');
}
