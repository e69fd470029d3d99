// Rules of routing as `ip rule` prints them for people (iproute2 ip/iprule.c: print_rule).
import type { JsonObject } from '../../nft/json-value.ts';
import type { HostDraft } from '../draft.ts';
import { partOf, type Word, wordsIn } from '../word.ts';
import { readRule } from '../words/rule.ts';
import { ruleFamily } from './json-rule.ts';
import { type Block, wordBehind } from './text-block.ts';

/** A listing ends where the next rule comes before the last one: then it is that of the other family. */
export function readRules(blocks: readonly Block[], draft: HostDraft): void {
  const lists: Block[][] = [];
  for (const block of blocks) {
    const last = lists.at(-1)?.at(-1);
    const goesOn = last && last.head.span.source === block.head.span.source;
    if (goesOn && priorityOf(last) <= priorityOf(block)) lists.at(-1)?.push(block);
    else lists.push([block]);
  }
  for (const list of lists) readList(list, draft);
}

function priorityOf({ head }: Block): number {
  return Number.parseInt(head.text, 10);
}

function readList(list: readonly Block[], draft: HostDraft): void {
  const [first] = list;
  if (!first) return;
  const family = ruleFamily(list.map(asRow), first.head.span);
  for (const { head } of list) {
    const rule = readRule({ all: wordsOfRule(head), at: 0, span: head.span }, draft, family);
    if (rule) draft.listedRules.push(rule);
  }
}

/** As much of it as tells the family. */
function asRow(block: Block): JsonObject {
  const words = wordsIn(block.head.span);
  const said = (name: string): string => wordBehind(words, name)?.text ?? 'all';
  return { priority: priorityOf(block), src: said('from'), dst: said('to'), table: said('lookup') };
}

/** As behind `ip rule add`; the table of a VRF has no name. */
function wordsOfRule(head: Word): readonly Word[] {
  const [priority = head, ...words] = wordsIn(head.span);
  const said = words.flatMap((word) => {
    if (word.text === '[l3mdev-table]') return [partOf(word, 'l3mdev')];
    return word.text === 'lookup' && wordBehind(words, 'lookup')?.text === '[l3mdev-table]' ? [] : [word];
  });
  return [partOf(priority, 'priority'), partOf(priority, priority.text.replace(/:$/, '')), ...said];
}
