// What a `log` statement holds, shared by its spellings.

/** Everything that may be said of a log line. */
export interface Log {
  readonly prefix?: string;
  readonly level: Level;
  /** What else of the packet is written, in the order of `flagNames`. */
  readonly flags: readonly Flag[];
  readonly group?: Group;
}

/** Listeners by nfnetlink instead of the kernel's log. */
export interface Group {
  readonly number?: bigint;
  /** What iptables kept from before `snaplen`; the kernel has never looked at it. */
  readonly range?: bigint;
  /** Bytes of the packet that are handed over. */
  readonly snaplen?: bigint;
  /** Packets that are handed over together. */
  readonly threshold?: bigint;
}

/** syslog's levels by their number, and nft's own for the audit log. */
export const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;
type Level = (typeof levels)[number];

export const flagNames = ['tcp sequence', 'tcp options', 'ip options', 'skuid', 'ether'] as const;
export type Flag = (typeof flagNames)[number];

/** What is logged unless something else is said. */
export const plainLog: Log = { level: 'warn', flags: [] };

/** Flags in their usual order, each once. */
export function orderFlags(flags: readonly Flag[]): readonly Flag[] {
  return flagNames.filter((name) => flags.includes(name));
}
