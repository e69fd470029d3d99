// What a trace says: the steps of a packet's way, in order, and the answer at the end. Rendering is elsewhere.
import type { Manip, NatRange } from '../conntrack/nat.ts';
import type { ConntrackView, PacketView, UnknownParts } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import type { Family, Rule } from '../ir/ruleset.ts';
import type { Packet } from '../packet/packet.ts';
import type { Verdict } from '../statement/define.ts';

/** What happened to the packet as a whole. `depends`: see the branches of the result. */
export type TraceVerdict = 'accept' | 'drop' | 'reject' | 'queue' | 'depends';

/** Where the packet ended. `held` is that of a fragment that waits for the others; `sent` is the fate of a packet of this host that left it. */
export type Fate =
  | 'delivered-local'
  | 'forwarded'
  | 'sent'
  | 'dropped'
  | 'rejected'
  | 'queued'
  | 'held'
  | 'depends';

/** Why the stack, and not a rule, ended the packet. */
export type StackReason =
  | 'no-route'
  | 'unreachable'
  | 'prohibit'
  | 'blackhole'
  | 'rp-filter'
  | 'martian-source'
  | 'martian-destination'
  | 'ttl-exceeded'
  | 'fragmentation-needed'
  | 'bad-checksum'
  | 'fragment'
  | 'forwarding-off'
  | 'multicast-not-joined'
  | 'not-for-this-host'
  | 'ipv6-off'
  | 'no-source-address'
  | 'conntrack-full'
  | 'nat-failed';

/** A chain at its hook, as steps and answers name it. */
export interface ChainPlace {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
}

/** A rule, counted from 1 in its chain. */
export interface RulePlace extends ChainPlace {
  readonly index: number;
  readonly rule: Rule;
}

/** Why a rule did not match: its first condition that failed, and what the packet has there. */
export interface FailedCondition {
  readonly condition: string;
  readonly actual: string;
}

export type Step =
  | { readonly kind: 'hook'; readonly hook: Hook; readonly iif?: string; readonly oif?: string }
  | (ChainPlace & {
      readonly kind: 'chain';
      readonly hook: Hook;
      readonly priority: number;
      readonly type: string;
    })
  | RuleStep
  | (ChainPlace & {
      readonly kind: 'policy';
      readonly hook: Hook;
      readonly verdict: 'accept' | 'drop';
    })
  | {
      readonly kind: 'conntrack';
      readonly hook: Hook;
      readonly view: ConntrackView | undefined;
      readonly why: string;
    }
  | { readonly kind: 'nat'; readonly hook: Hook; readonly translated: boolean; readonly why: string }
  | { readonly kind: 'routing'; readonly decision: string; readonly out?: string; readonly why: string }
  | { readonly kind: 'stack'; readonly reason?: StackReason; readonly why: string }
  | CaptureStep;

/** A capture sees the packet. */
export interface CaptureStep {
  readonly kind: 'capture';
  /** Absent where it is not known. */
  readonly device?: string;
  /** Whether it comes in by the device, or leaves by it. */
  readonly direction: 'in' | 'out';
  /** As it goes over the wire there: a fragment of what leaves in fragments. */
  readonly packet: Packet;
  /** Parts of it that are only a stand-in, and the same of the packet that an ICMP error quotes. */
  readonly unknown: UnknownParts;
  readonly quoted: UnknownParts;
}

/** One rule that was looked at. */
export interface RuleStep extends RulePlace {
  readonly kind: 'rule';
  readonly hook: Hook;
  /** How many jumps deep, from 0 in a base chain. */
  readonly depth: number;
  readonly matched: boolean;
  readonly failed?: FailedCondition;
  readonly verdict?: Verdict;
  /** The packet as the rule saw it. */
  readonly view: PacketView;
  /** What its statements did, which assumption was made. */
  readonly notes: readonly string[];
}

/** What ended the packet's way or let it pass: a rule, or the policy of a chain. */
export type Deciding = (RulePlace & { readonly by: 'rule' }) | (ChainPlace & { readonly by: 'policy' });

/** One choice that the given facts leave open, with what was supposed. */
export interface Supposition {
  readonly question: string;
  readonly answer: string;
}

/** A packet that the host itself sends in answer to another, and why; `at`: so many steps of the other were done. */
export type Answer = { readonly why: string; readonly at: number } & (
  | { readonly way: Way }
  /** Its way can't be told, for this reason; its source is a stand-in where it is 0. */
  | { readonly unfollowed: string; readonly packet: Packet }
);

/** What a rule gives a new connection: where its source or destination may be translated to. */
export interface GivenTranslation {
  readonly manip: Manip;
  readonly deciding: Deciding;
  /** The addresses of `masquerade` and `redirect` are found; absent where it can't be told. */
  readonly range?: NatRange;
}

/** How one packet fared under one set of suppositions. */
export interface Way {
  readonly verdict: Exclude<TraceVerdict, 'depends'>;
  readonly fate: Exclude<Fate, 'depends'>;
  /** The interface it left by. */
  readonly out?: string;
  /** The next hop of its route, where that is another address than its destination. */
  readonly gateway?: bigint;
  /** Where that is a bridge, the port of it. */
  readonly port?: string;
  readonly reason?: StackReason;
  readonly deciding?: Deciding;
  /** As it left, or as it stood where it ended. */
  readonly packet: Packet;
  /** What goes over the wire in its place, where it leaves in fragments. */
  readonly pieces?: readonly Packet[];
  /** Parts of `packet` that are only a stand-in, with the reason. */
  readonly unknownParts: readonly string[];
  readonly conntrack: ConntrackView | undefined;
  /** In order; none of a packet that begins no connection. */
  readonly translations: readonly GivenTranslation[];
  readonly steps: readonly Step[];
  /** What the host itself answered on the way, in order. */
  readonly answers: readonly Answer[];
  readonly suppositions: readonly Supposition[];
  /** Facts outside the packet that were taken for usual: a limit that is not used up. */
  readonly assumptions: readonly string[];
}
