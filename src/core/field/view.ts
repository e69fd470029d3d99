// What the rules at a hook can see of a packet and of its surroundings.
import type { CtState, Entry } from '../conntrack/entry.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { Hook } from '../hook/hook.ts';
import type { Packet } from '../packet/packet.ts';

/** The packet as it stands at one hook (struct sk_buff with nf_hook_state). */
export interface PacketView {
  readonly packet: Packet;
  readonly hook: Hook;
  /** No interface there (`iif` at output, `oif` at prerouting) is undefined: rules see an empty name. */
  readonly iif: string | undefined | Unknown;
  readonly oif: string | undefined | Unknown;
  readonly mark: number;
  /** Owner of the sending socket: undefined where the packet has no local socket, unknown where nobody said. */
  readonly skuid: number | undefined | Unknown;
  /** The socket's group; not known if absent. */
  readonly skgid?: number | Unknown;
  readonly pkttype: number;
  /** Undefined before conntrack saw the packet. */
  readonly ct: ConntrackView | undefined;
  /** Parts of the packet that a translation chose and nobody can tell, with the reason. */
  readonly unknown: UnknownParts;
}

/** The packet's own value of such a part is only a stand-in. */
export interface UnknownParts {
  readonly source?: Unknown;
  readonly destination?: Unknown;
  readonly sport?: Unknown;
  readonly dport?: Unknown;
}

/** What conntrack attached to the packet. */
export interface ConntrackView {
  readonly state: CtState;
  readonly direction: Direction | Unknown;
  /** Missing for invalid and untracked packets; unknown where the user only said the state. */
  readonly entry: Entry | undefined | Unknown;
}

/** A fact that was not given and is not invented; `unknown` says what is missing. */
export interface Unknown {
  readonly unknown: string;
}

/** Whether a value is there but not known. */
export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value;
}
