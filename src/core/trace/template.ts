// What rules before conntrack say of the packet's connection: a template that conntrack takes its zone and helper from,
// or that it is not to be tracked. net/netfilter/nft_ct.c, net/netfilter/xt_CT.c.
import type { ConntrackView } from '../field/view.ts';
import type { Effect } from '../statement/define.ts';
import type { Run } from './run.ts';

/** With a template the packet is `new` for rules before conntrack, and has nothing else of a connection. */
export const templateView: ConntrackView = { state: 'new', direction: 'original', entry: undefined };

const late = 'no effect: the packet is tracked already';

/**
 * nft_ct_set_zone_eval: the first of several counts, and it has conntrack look at the packet after all where `notrack`
 * said otherwise before. The result says it to a person.
 */
export function setZone(run: Run, { zone, helper, note }: Extract<Effect, { kind: 'set-zone' }>): string {
  if (run.template) return 'no effect: an earlier rule has said how to track the packet';
  const wasSeen = run.steps.some(({ kind }) => kind === 'conntrack');
  if (run.ct && (wasSeen || !run.untracked)) return late;
  run.template = true;
  run.untracked = false;
  run.ct = undefined;
  run.zone = { ...run.zone, ...zone };
  run.helper = helper ?? run.helper;
  return note;
}

/** nft_notrack_eval: without effect once conntrack has seen the packet, and behind a template. */
export function untrack(run: Run): string | undefined {
  if (run.template) return 'no effect: an earlier rule has said how to track the packet';
  if (run.ct) return late;
  run.untracked = true;
  run.ct = { state: 'untracked', direction: 'original', entry: undefined };
  return undefined;
}
