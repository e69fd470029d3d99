// What `compile --optimize` did to the rules, for people and as data.
import type { BackEnd } from '../../core/compile.ts';
import type { Changes } from '../../core/optimise/optimise.ts';

/** The changes for one back end. */
export interface ChangedFor {
  readonly backEnd: BackEnd;
  readonly changes: Changes;
}

/** A paragraph for each, those that are alike as one; nothing for back ends that have no rules. */
export function renderChanges(all: readonly ChangedFor[]): string {
  const texts = new Map<string, BackEnd[]>();
  for (const { backEnd, changes } of all.filter(({ backEnd: one }) => hasRules(one))) {
    const text = changesText(changes);
    texts.set(text, [...(texts.get(text) ?? []), backEnd]);
  }
  return [...texts].map(([text, backEnds]) => `optimised for ${backEnds.join(', ')}: ${text}`).join('');
}

/** One document on one line. */
export function changesToJson(all: readonly ChangedFor[]): string {
  const targets = all
    .filter(({ backEnd }) => hasRules(backEnd))
    .map(({ backEnd, changes }) => ({ backEnd, ...changes }));
  return `${JSON.stringify({ schema: 'hookline.optimised/1', targets })}\n`;
}

function hasRules(backEnd: BackEnd): boolean {
  return backEnd !== 'sysctl' && backEnd !== 'routes';
}

function changesText({ before, after, gone, joined, ipsets }: Changes): string {
  const went = [
    [gone.duplicate, 'said twice'],
    [gone.unreached, 'reached by no packet'],
    [gone.redundant, 'redundant with what follows'],
  ] as const;
  const became = [
    [joined.set, 'a set'],
    [joined.concatenation, 'a concatenation'],
    [joined.map, 'a map of verdicts'],
  ] as const;
  const lines = [
    `${counted(before)} → ${after.toLocaleString('en')}`,
    ...went.flatMap(([count, why]) => (count === 0 ? [] : [`${counted(count)} gone: ${why}`])),
    ...became.flatMap(([{ rules, into }, what]) =>
      into === 0 ? [] : [`${counted(rules)} → ${into.toLocaleString('en')} with ${what}`],
    ),
    ...(ipsets === 0
      ? []
      : [
          `${ipsets} ${ipsets === 1 ? 'set' : 'sets'} of ipset: load what \`--to ipset --optimize\` writes first`,
        ]),
  ];
  return `${lines.join('\n  ')}\n`;
}

function counted(rules: number): string {
  return `${rules.toLocaleString('en')} ${rules === 1 ? 'rule' : 'rules'}`;
}
