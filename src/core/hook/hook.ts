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

export const priority = { ...priorityNames, defrag: -400, conntrack: -200, confirm: 2147483647 } as const;
