// Where a policy meets the rules of others on a machine, as text and as JSON.
import type { z } from 'zod';
import { printable } from '../../core/diagnostic/excerpt.ts';
import type { Meeting, MetChain, SentOn } from '../../core/foreign/meetings.ts';
import { ruleText } from '../../core/ir/rule-text.ts';
import type { Others } from '../planning.ts';
import type { planReport } from '../schema/plan.ts';
import type { Surface } from '../terminal.ts';
import { hanging } from './paragraph.ts';

/** What is said of it; nothing where the policy is alone. */
export function othersText({ meetings, sentOn }: Others, surface: Surface): string {
  const met = meetings.map((one) => meetingText(one, surface));
  const meaning =
    'a packet comes to all of them in this order: what one drops is gone, what one accepts the next may drop';
  const sent = sentOn.map((one) => sentText(one, surface));
  return [...met, ...(met.length > 0 ? [hanging(meaning, 2, surface)] : []), ...sent].join('');
}

const familyNames = { 4: 'ip', 6: 'ip6' } as const;

function meetingText({ hook, families, chains }: Meeting, { paint }: Surface): string {
  const of = families.length > 1 ? '' : families[0] === 4 ? ', IPv4' : ', IPv6';
  const lines = chains.map((one) => {
    const text = `${String(one.base.priority).padStart(8)}  ${printable(placeText(one))}`;
    return `${one.owner === 'policy' ? paint('strong', `${text}  the policy`) : `${text}${whose(one)}`}\n`;
  });
  return `  at ${hook}${of}\n${lines.join('')}`;
}

function placeText({ table, chain }: Pick<MetChain, 'table' | 'chain'>): string {
  return `${table.family} ${table.name} ${chain.name}`;
}

function whose({ programs }: Pick<MetChain, 'programs'>): string {
  return programs.length > 0 ? `  ${programs.join(', ')}` : '';
}

function sentText({ programs, rule, index, ...place }: SentOn, surface: Surface): string {
  const who = programs.length > 0 ? ` of ${programs.join(', ')}` : '';
  const text = `rule ${index} of ${placeText(place)}${who} sends packets on that so never come to the rules of the policy at input: ${ruleText(rule)}`;
  return hanging(printable(text), 2, surface);
}

/** The same for programs. */
export function othersToJson({ meetings, sentOn }: Others): z.infer<typeof planReport>['others'] {
  return {
    hooks: meetings.map(({ hook, families, chains }) => ({
      hook,
      families: families.map((family) => familyNames[family]),
      chains: chains.map(({ owner, base, programs, ...place }) => ({
        owner,
        ...placeToJson(place),
        priority: base.priority,
        programs: [...programs],
      })),
    })),
    sentOn: sentOn.map(({ index, rule, programs, ...place }) => ({
      ...placeToJson(place),
      index,
      rule: ruleText(rule),
      programs: [...programs],
    })),
  };
}

function placeToJson({ table, chain }: Pick<MetChain, 'table' | 'chain'>) {
  return { family: table.family, table: table.name, chain: chain.name };
}
