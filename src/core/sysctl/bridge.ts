// Sysctls of br_netfilter: whether rules of IP and ARP see the frames in a bridge.
import { sysctls } from './define.ts';

/** They are there while the module is loaded, one set for each network namespace (net/bridge/br_netfilter_hooks.c). */
export const bridgeSysctls = sysctls({
  'net.bridge.bridge-nf-call-iptables': {
    meaning:
      'Whether packets of IPv4 that a bridge passes from port to port go through the hooks of ip: rules of iptables and of tables ip and inet.',
    initial: 1,
    values: { 0: 'only tables of bridge see them', else: 'rules of ip see them, too' },
    note: 'It is there, and 1, once br_netfilter is loaded; without the module it is as 0.',
    source: 'net/bridge/br_netfilter_hooks.c: br_nf_pre_routing',
  },
  'net.bridge.bridge-nf-call-ip6tables': {
    meaning: 'The same for IPv6.',
    initial: 1,
    values: { 0: 'only tables of bridge see them', else: 'rules of ip6 see them, too' },
    source: 'net/bridge/br_netfilter_hooks.c: br_nf_pre_routing',
  },
  'net.bridge.bridge-nf-call-arptables': {
    meaning: 'The same for ARP that is forwarded.',
    initial: 1,
    values: { 0: 'only tables of bridge see it', else: 'rules of arp see it, too' },
    source: 'net/bridge/br_netfilter_hooks.c: br_nf_forward_arp',
  },
  'net.bridge.bridge-nf-filter-vlan-tagged': {
    meaning: 'Whether that also holds for frames with a VLAN tag.',
    initial: 0,
    values: { 0: 'no', else: 'yes' },
    source: 'net/bridge/br_netfilter_hooks.c: is_vlan_ip',
  },
});
