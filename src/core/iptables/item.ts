// A rule as what iptables has to do, in order: conditions and actions.
import type { Piece } from './conjunction.ts';

/** Any, or none, of the alternatives must hold; each is a list of options that all must hold. */
export interface Condition {
  readonly kind: 'any' | 'none';
  readonly alternatives: readonly (readonly Piece[])[];
  /** Evaluating it twice is not the same as evaluating it once. */
  readonly stateful: boolean;
}

export interface Action {
  readonly kind: 'action';
  /** The written words of its target: `-j LOG --log-prefix "x "`. */
  readonly target: string;
  /** Its rule must name one of these protocols. */
  readonly protocols?: readonly Piece[];
  /** The rules behind it in its chain are never looked at after it. */
  readonly ends: boolean;
  /** It goes to the caller of its chain, so it means something else in a chain that was jumped to. */
  readonly leaves: boolean;
  /** Conditions may be answered differently after it. */
  readonly changes: boolean;
  /** It jumps to a chain of the policy. */
  readonly toChain?: true;
}

/** The first case whose conditions hold is carried out. */
export interface Cases {
  readonly kind: 'cases';
  readonly cases: readonly (readonly RuleItem[])[];
  /** No packet is in two cases, also after one of them was carried out, unless that was a jump. */
  readonly exclusive: boolean;
}

export type Item = Condition | Action;

/** What a rule consists of. */
export type RuleItem = Item | Cases;
