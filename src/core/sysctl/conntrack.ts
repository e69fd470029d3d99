// Sysctls of conntrack. Those of its timeouts follow from the timeouts that a trace has.
import { defaultTimeouts, timeoutSysctls } from '../conntrack/timeouts.ts';
import { type SysctlEntry, sysctls } from './define.ts';

const source = 'net/netfilter/nf_conntrack_proto_tcp.c';

/** `Documentation/networking/nf_conntrack-sysctl.rst`. */
export const conntrackSysctls = sysctls({
  'net.netfilter.nf_conntrack_max': {
    meaning:
      'How many connections are tracked at the most. When the table is full the first packets of new ones are dropped, unless one can be given up that was never answered or is closing.',
    note: 'The kernel works it out by the memory of the machine. Namespaces have one limit, that of the machine.',
    range: [0, 2_147_483_647],
    source: 'net/netfilter/nf_conntrack_core.c: __nf_conntrack_alloc',
  },
  'net.netfilter.nf_conntrack_checksum': {
    meaning: 'Whether a packet with a wrong checksum is INVALID at PREROUTING.',
    initial: 1,
    range: [0, 1],
    values: { 0: 'checksums are not looked at', 1: 'they are' },
    source: 'net/netfilter/nf_conntrack_proto.c: nf_ip_checksum',
  },
  'net.netfilter.nf_conntrack_tcp_loose': {
    meaning:
      'Whether a connection of TCP may be picked up in the middle: whether packets of one that conntrack does not know, and that are no SYN, are NEW or INVALID.',
    initial: 1,
    range: [0, 1],
    values: { 0: 'they are INVALID', 1: 'they are NEW' },
    source: `${source}: tcp_new`,
  },
  'net.netfilter.nf_conntrack_tcp_be_liberal': {
    meaning: 'Whether segments out of the window count as belonging to their connection.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'they are INVALID', 1: 'they are taken, but for resets' },
    source: `${source}: tcp_in_window`,
  },
  'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst': {
    meaning: 'Whether a reset whose number does not fit is taken as a plain packet.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'it is INVALID', 1: 'it is taken, and the connection stays' },
    source: `${source}: nf_conntrack_tcp_packet`,
  },
  'net.netfilter.nf_conntrack_tcp_max_retrans': {
    meaning: 'How often a segment may come again before the connection has `tcp_timeout_max_retrans`.',
    initial: 3,
    range: [0, 255],
    source: `${source}: nf_conntrack_tcp_packet`,
  },
  'net.netfilter.nf_conntrack_expect_max': {
    meaning: 'How many connections helpers may expect at once.',
    note: 'The kernel works it out by the size of its table.',
    source: 'net/netfilter/nf_conntrack_expect.c: __nf_ct_expect_check',
  },
  'net.netfilter.nf_conntrack_acct': {
    meaning: 'Whether connections count their packets and bytes, for `ct bytes`, `connbytes` and listings.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'only those that a rule wants counted', 1: 'all' },
    source: 'include/net/netfilter/nf_conntrack_acct.h: nf_ct_acct_ext_add',
  },
});

/** One for each of the times. */
export const timeoutEntries: Readonly<Record<string, SysctlEntry>> = Object.fromEntries(
  timeoutSysctls(defaultTimeouts).map(({ name, what, seconds }) => [
    `net.netfilter.nf_conntrack_${name}`,
    {
      meaning: `How long conntrack remembers ${what} after its last packet.`,
      initial: seconds,
      unit: 'seconds',
      source: 'net/netfilter/nf_conntrack_standalone.c: nf_ct_sysctl_table',
    },
  ]),
);
