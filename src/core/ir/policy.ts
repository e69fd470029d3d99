// A checked policy: the rule set with what stands beside it in the same files, hosts and tests.
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Clock } from '../field/view.ts';
import type { Injection } from '../packet/packet.ts';
import type { Span } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import type { NamedSet, Rule, RuleSet } from './ruleset.ts';

export interface Policy {
  readonly ruleSet: RuleSet;
  readonly hosts: readonly Host[];
  readonly tests: readonly PolicyTest[];
  /** None if absent. */
  readonly assertions?: readonly Assertion[];
  /** What connects the hosts; none if absent. */
  readonly links?: readonly Link[];
  /** The rules of hosts that have their own, by name; the others have `ruleSet`. */
  readonly ownRules?: ReadonlyMap<string, RuleSet>;
  /** Those that are declared beside the hosts; none if absent. */
  readonly zones?: readonly PolicyZone[];
  /** For hosts that declare some of their own, by name: all that they know. */
  readonly ownZones?: ReadonlyMap<string, readonly PolicyZone[]>;
  /** What is asked of it, where anything was. */
  readonly question?: Question;
}

/** All packets with this fate that meet one of the cases. */
export interface Question {
  readonly fate: 'accepted' | 'dropped' | 'rejected' | 'any' | 'forwarded' | 'local' | 'sent';
  /** Conditions only. */
  readonly cases: readonly Rule[];
  /** Those that the conditions refer to. */
  readonly sets: readonly NamedSet[];
  readonly span: Span;
}

/** What a `zone` block says: the packets that come from there or go there. Not a zone of conntrack, which is a number. */
export interface PolicyZone {
  readonly name: string;
  /** Names, those that end in `*` for all that begin so; any interface if there are none. */
  readonly interfaces: readonly string[];
  /** Any if absent; `not-told` where sets have them. */
  readonly addresses?: readonly ZoneAddresses[] | 'not-told';
}

/** Addresses of one family. */
export interface ZoneAddresses {
  readonly family: AddressFamily;
  readonly range: Range;
}

/** Devices that one cable connects, or one switch if there are more than two. */
export interface Link {
  readonly name: string;
  readonly ends: readonly LinkEnd[];
  /** The switch also sends a frame back by the port that it came in by (IEEE 802.1Qbg, reflective relay). */
  readonly hairpin: boolean;
  readonly span: Span;
}

/** An interface of a host. */
export interface LinkEnd {
  readonly host: string;
  readonly device: string;
}

/** `test "…" { … }`: packets in order through one conntrack table. */
export interface PolicyTest {
  readonly title: string;
  /** What it lets in has to get in on a machine that the rules are applied to, whatever other rules are there. */
  readonly protect?: true;
  /** The host it runs on; the policy's only host where it isn't said. */
  readonly host?: string;
  /** When its first packet comes; not known if absent. */
  readonly clock?: Clock;
  readonly steps: readonly TestStep[];
  readonly span: Span;
}

/** A packet and what is expected of it; `reply` is the answer to the packet before, as the peer would send it. */
export interface TestStep {
  readonly send: Injection | 'reply';
  /** Seconds that a reply comes after the packet before. */
  readonly after?: number;
  readonly expectations: readonly Expectation[];
  readonly span: Span;
}

/** One thing between the commas of an `expect`. */
export type Expectation =
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' | 'reject'; readonly span: Span }
  | { readonly kind: 'fate'; readonly fate: ExpectedFate; readonly out?: string; readonly span: Span }
  /** The packet as it left: its translated source or destination. */
  | {
      readonly kind: 'address';
      /** `dnat` and `snat` also demand that it was translated. */
      readonly side: 'dnat' | 'snat' | 'source' | 'destination';
      readonly address?: Range;
      readonly port?: Range;
      readonly span: Span;
    };

/** `assert "…" { … }`: what holds for every packet. */
export interface Assertion {
  readonly title: string;
  /** The host that it is about; the policy's only host where it isn't said. */
  readonly host?: string;
  readonly claims: readonly Claim[];
  /** Those that its conditions refer to. */
  readonly sets: readonly NamedSet[];
  readonly span: Span;
}

/** `never accept MATCH…`, `always drop MATCH…`. */
export interface Claim {
  readonly says: 'never' | 'always';
  readonly verdict: 'accept' | 'drop' | 'reject';
  /** Conditions only; it is about the packets that meet one of them. */
  readonly cases: readonly Rule[];
  readonly span: Span;
}

export type ExpectedFate = 'forwarded' | 'delivered-local' | 'sent';
