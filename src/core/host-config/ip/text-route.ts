// Routes and neighbours as `ip` prints them for people (iproute2 ip/iproute.c: print_route, ip/ipneigh.c: print_neigh).
import { complain, type HostDraft } from '../draft.ts';
import { wordsIn } from '../word.ts';
import { readRoute } from '../words/route.ts';
import { readNeighbourRow } from './json-neighbour.ts';
import { type Block, wordBehind } from './text-block.ts';

/** Next hops stand in lines of their own; only routes of IPv6 have a preference. */
export function readRoutes(blocks: readonly Block[], draft: HostDraft): void {
  for (const { head, rest } of blocks) {
    const hops = rest.filter(({ text }) => text.startsWith('nexthop'));
    const all = [head, ...hops].flatMap(({ span }) => wordsIn(span));
    const family = wordBehind(all, 'pref') ? 6 : undefined;
    const isAnswer =
      wordBehind(all, 'uid') !== undefined || rest.some(({ text }) => text.startsWith('cache'));
    if (isAnswer) complain(draft, 'HK8004', 'what `ip route get` answers is left out', head.span, listHelp);
    const route = isAnswer ? undefined : readRoute({ all, at: 0, span: head.span }, draft, family);
    if (route) draft.listedRoutes.push(route);
  }
}

const listHelp = 'it is one answer and no list of routes: give `ip route show table all`';

/** What is known of a neighbour stands last. */
export function readNeighbours(blocks: readonly Block[], draft: HostDraft): void {
  for (const { head } of blocks) {
    const words = wordsIn(head.span).map(({ text }) => text);
    const state = words.at(-1) ?? '';
    const row = { dst: words[0] ?? '', state: [state], ...(state === 'proxy' && { proxy: null }) };
    readNeighbourRow(row, draft, head.span);
  }
}
