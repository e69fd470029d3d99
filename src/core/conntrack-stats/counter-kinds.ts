// What each counter of conntrack counts: net/netfilter/nf_conntrack_core.c of Linux 6.18, function by function.

/**
 * `lost`: each is a packet, or a connection, that is gone. `noise`: packets that fit nothing, in any network some.
 * `work`: nothing is lost, it only takes time. `none`: it tells nothing of trouble.
 */
export type Harm = 'lost' | 'noise' | 'work' | 'none';

/** One counter. */
export interface CounterKind {
  /** For one line. */
  readonly short: string;
  readonly meaning: string;
  readonly harm: Harm;
  /** From so many in a second on it deserves a look, where single ones do not. */
  readonly notable?: number;
  /** What to do about it; `{max}` and `{buckets}` stand for numbers that fit the machine. */
  readonly advice: readonly string[];
  /** The functions of the kernel that count. */
  readonly source: string;
}

/** In the order in which they are told: what is worst comes first. */
export const counterKinds: Readonly<Record<string, CounterKind>> = {
  drop: {
    short: 'packets dropped: the table full, or a tuple taken',
    meaning:
      'packets dropped by conntrack itself: the table was full and nothing could be given up, or the tuple of a new connection was taken (then `insert_failed` counts it too)',
    harm: 'lost',
    advice: ['sysctl -w net.netfilter.nf_conntrack_max={max}'],
    source: 'nf_conntrack_in, nf_ct_resolve_clash, __nf_conntrack_confirm, nf_confirm',
  },
  early_drop: {
    short: 'connections given up for new ones, the table full',
    meaning:
      'connections thrown out of the full table to make room for a new one: the first that are not ASSURED, in one of 8 chains',
    harm: 'lost',
    advice: [
      'sysctl -w net.netfilter.nf_conntrack_max={max}',
      'shorten the timeouts of what is never answered: nf_conntrack_tcp_timeout_syn_sent, nf_conntrack_udp_timeout',
    ],
    source: 'early_drop, called by __nf_conntrack_alloc',
  },
  insert_failed: {
    short: 'new connections refused: a tuple taken, a chain too long',
    meaning:
      'new connections dropped when they were to enter the table: their tuple was taken (two first packets at once, or no free port for source NAT), or a chain was too long',
    harm: 'lost',
    advice: [
      'look at the ports of translated addresses: `hookline conntrack stats live`',
      'more source addresses, or a wider range of ports, for the destinations that are hot',
    ],
    source: '__nf_conntrack_confirm, nf_ct_resolve_clash',
  },
  chaintoolong: {
    short: 'new connections refused: a chain of the hash too long',
    meaning:
      'new connections dropped because a chain of the hash table was too long: more than 51 to 80, drawn each time; `insert_failed` counts them too',
    harm: 'lost',
    advice: ['sysctl -w net.netfilter.nf_conntrack_buckets={buckets}'],
    source: '__nf_conntrack_confirm, nf_conntrack_hash_check_insert',
  },
  invalid: {
    short: 'packets that fit no connection',
    meaning:
      'packets that fit no connection and begin none: out of the window of TCP, late ones, broken headers. conntrack lets them pass: rules with `ct state invalid` decide',
    harm: 'noise',
    notable: 10,
    advice: [
      'sysctl -w net.netfilter.nf_conntrack_log_invalid=255 to see them in the kernel log (6: only TCP)',
      'where answers come back by another way: sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1',
    ],
    source: 'nf_conntrack_in',
  },
  error: {
    short: 'ICMP that fits no connection, or is broken',
    meaning:
      'ICMP messages that belong to no connection, or are broken. conntrack lets them pass: rules with `ct state invalid` decide',
    harm: 'noise',
    notable: 10,
    advice: ['sysctl -w net.netfilter.nf_conntrack_log_invalid=1 (58: ICMPv6) to see them in the kernel log'],
    source: 'nf_conntrack_handle_icmp',
  },
  clash_resolve: {
    short: 'two first packets at once, both passed',
    meaning:
      'two first packets of one connection at once, of UDP and others that may: both pass, as one connection. A resolver that asks for A and AAAA from one socket does this',
    harm: 'work',
    notable: 100,
    advice: [
      'nothing is lost; let resolvers use a socket for each question: `options single-request-reopen`',
    ],
    source: '__nf_ct_resolve_clash, nf_ct_resolve_clash_harder',
  },
  search_restart: {
    short: 'lookups begun again',
    meaning:
      'lookups begun again because an entry moved to another chain meanwhile. Nothing is lost, it takes time of the processor',
    harm: 'work',
    notable: 1000,
    advice: ['sysctl -w net.netfilter.nf_conntrack_buckets={buckets}, so that chains are short'],
    source: '____nf_conntrack_find, nf_conntrack_tuple_taken',
  },
  found: {
    short: 'ports that NAT tried and found taken',
    meaning:
      'ports that NAT tried for a connection and found taken. It does not count lookups. Many for each new connection mean that a range of ports is nearly full',
    harm: 'work',
    notable: 1000,
    advice: ['look at the ports of translated addresses: `hookline conntrack stats live`'],
    source: 'nf_conntrack_tuple_taken',
  },
  insert: {
    short: 'connections put in by programs',
    meaning:
      'connections put in by programs (`conntrack -I`, conntrackd). Those of packets are not counted here',
    harm: 'none',
    advice: [],
    source: 'nf_conntrack_hash_check_insert',
  },
};
