// What may be asked of every back end.

/** How a rule set is written. */
export interface EmitOptions {
  /** With what the kernel had counted, where a dump said it: for `iptables-restore -c`, or as nft's counters. */
  readonly counters?: boolean;
}
