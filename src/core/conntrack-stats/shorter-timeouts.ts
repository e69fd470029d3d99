// How short a timeout may be made where the table is too small, and what that costs.

/** A shorter value of a sysctl. */
export interface ShorterTimeout {
  /** Behind `nf_conntrack_`. */
  readonly sysctl: string;
  /** In seconds. */
  readonly to: number;
  /** What it costs, or why it is safe. */
  readonly cost: string;
}

/** By their sysctl, behind `nf_conntrack_`. */
export const shorterTimeouts: Readonly<Record<string, ShorterTimeout>> = Object.fromEntries(
  (
    [
      [
        'tcp_timeout_established',
        7440,
        'the least that RFC 5382 asks for; what is silent for longer has to send keepalives',
      ],
      ['tcp_timeout_syn_sent', 30, 'a SYN is repeated after 1, 3, 7 and 15 seconds'],
      ['tcp_timeout_syn_recv', 30, 'an answer is repeated after 1, 3, 7 and 15 seconds'],
      [
        'tcp_timeout_fin_wait',
        60,
        'a side that goes on sending for longer after the FIN of the other is cut off',
      ],
      ['tcp_timeout_time_wait', 30, 'segments that come later are INVALID'],
      [
        'tcp_timeout_close_wait',
        30,
        'a side that goes on sending for longer after the FIN of the other is cut off',
      ],
      ['udp_timeout_stream', 120, 'the least that RFC 4787 asks for'],
      ['udp_timeout', 15, 'answers that come later are not let in'],
      ['icmp_timeout', 10, 'answers to a ping that come later are not let in'],
      ['icmpv6_timeout', 10, 'answers to a ping that come later are not let in'],
      ['generic_timeout', 120, 'other protocols, such as tunnels, that are silent for longer begin anew'],
      ['gre_timeout_stream', 120, 'tunnels that are silent for longer begin anew'],
    ] as const
  ).map(([sysctl, to, cost]) => [sysctl, { sysctl, to, cost }]),
);
