// Hooks, and the priorities at which things happen there. At one hook, lower numbers run first:
//
//            defrag  raw  conntrack mangle  dstnat  filter security srcnat  confirm
//            -400   -300    -200    -150    -100      0       50      100    INT_MAX
// prerouting   x      x       x       x       x       x                          ingress side
// input                               x               x       x       x      x
// forward                             x               x       x
// output              x       x       x       x       x       x                  local side
// postrouting                         x                               x      x
//
// include/uapi/linux/netfilter_ipv4.h: enum nf_ip_hook_priorities.

export type Hook = 'ingress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'egress';

/** The five hooks of IPv4 and IPv6, in the order in which a forwarded or delivered packet may meet them. */
export const ipHooks = [
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
] as const satisfies readonly Hook[];

/** The names that nft has for priorities. */
export const priorityNames = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
} as const;

const bridgePriorityNames = { dstnat: -300, filter: -200, out: 100, srcnat: 300 } as const;

/** Names that exist at one hook only; the others exist at all. */
const nameHooks: ReadonlyMap<string, Hook> = new Map([
  ['dstnat', 'prerouting'],
  ['srcnat', 'postrouting'],
  ['out', 'output'],
]);

/** The hook at which alone a priority has that name, if there is only one. */
export function hookOfPriority(name: string): Hook | undefined {
  return nameHooks.get(name);
}

/** The names that a family of tables has for priorities (nft's src/rule.c: std_prio_lookup). */
export function priorityNamesOf(family: string): ReadonlyMap<string, number> {
  if (family === 'bridge') return new Map(Object.entries(bridgePriorityNames));
  if (family === 'arp' || family === 'netdev') return new Map([['filter', 0]]);
  return new Map(Object.entries(priorityNames));
}

/** The hooks of a family of tables (net/netfilter/nft_chain_filter.c: nft_chain_filter_*). */
export function hooksOf(family: string): readonly Hook[] {
  if (family === 'netdev') return ['ingress', 'egress'];
  if (family === 'arp') return ['input', 'output'];
  return family === 'inet' ? ['ingress', ...ipHooks] : ipHooks;
}

export const priority = { ...priorityNames, defrag: -400, conntrack: -200, confirm: 2147483647 } as const;
