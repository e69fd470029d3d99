// What `hookline verify` found, as text.
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { Agreement, Difference, Verification } from '../../host/kernel/verify.ts';
import type { Surface } from '../terminal.ts';
import { byNearness, sideBySide } from './side-by-side.ts';

/** More are counted only. */
const shown = 5;

/** A packet that both sides say the same of, as a table. */
export function agreementText(
  { title, packet, ...accounts }: Agreement,
  ruleSet: RuleSet,
  out: Surface,
): string {
  return `${out.paint('good', '✓')} ${title}\n  ${packet}\n${sideBySide(accounts, ruleSet, out)}\n`;
}

/** What differs, what could not be compared, and one line about all. */
export function verificationText(found: Verification, ruleSet: RuleSet, out: Surface): string {
  const { compared, notSent, lost, inconclusive, differences } = found;
  const count = differences.length;
  const behind = differences.reduce((sum, one) => sum + one.behind, 0);
  const parts = [
    compared === 0 ? 'nothing was compared' : `${packets(compared)} compared`,
    ...(compared > 0 && count === 0 ? ['the kernel does what the traces say'] : []),
    ...(count > 0 ? [`${count} ${count === 1 ? 'difference' : 'differences'}`] : []),
    ...(behind > 0 ? [`${behind} behind a difference not sent`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} differed once and not again`] : []),
    ...(lost > 0 ? [`${lost} lost`] : []),
  ];
  return [
    ...differences.slice(0, shown).map((one) => differenceText(one, ruleSet, out)),
    `${out.paint(compared > 0 && count === 0 && lost === 0 ? 'good' : 'bad', parts.join(', '))}\n`,
    ...reasonsOf(notSent).map(({ reason, count: number }) => `${packets(number)} not sent: ${reason}\n`),
  ].join('');
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${count} packets`;
}

function differenceText(
  { title, packets: sent, about, accounts }: Difference,
  ruleSet: RuleSet,
  out: Surface,
): string {
  const { nearest, others } = byNearness(accounts);
  const lines = sent.map((packet) => `  ${packet}\n`).join('');
  const more = others.length > 0 ? `the nearest of ${others.length + 1} ways of the trace is shown\n` : '';
  const table = nearest ? sideBySide(nearest, ruleSet, out) : '';
  const left = about === 'connections' ? 'the connections that are left behind it\n' : '';
  return `${out.paint('bad', '✗')} ${title}\n${lines}${left}${table}${more}\n`;
}

interface CountedReason {
  readonly reason: string;
  readonly count: number;
}

/** The most frequent first. */
function reasonsOf(notSent: Verification['notSent']): readonly CountedReason[] {
  const counts = new Map<string, number>();
  for (const { reason } of notSent) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((one, other) => other.count - one.count);
}
