// What the parser makes of nft text: expressions and statements as they are written, nothing looked up but the
// variables. Places are offsets in the source.
import type { IToken } from 'chevrotain';
import type { Source } from '../../text/source.ts';
import type { JsonObject } from '../json-value.ts';
import type { Selector } from './selector.ts';

/** Where something stands. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

interface At {
  readonly at: Place;
}

/** A constant: a name, a number or an address, whichever the type that it is compared with makes of it. */
export interface WordSyntax extends At {
  readonly kind: 'word';
  readonly text: string;
}

export interface SelectorSyntax extends At {
  readonly kind: 'selector';
  readonly selector: Selector;
}

/** `jhash ip saddr . ip daddr mod 2`. */
export interface HashSyntax extends At {
  readonly kind: 'hash';
  readonly of: Expression;
  readonly settings: JsonObject;
}

export interface OperationSyntax extends At {
  readonly kind: 'operation';
  readonly operator: BitOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type BitOperator = '&' | '|' | '^' | '<<' | '>>';

export interface RangeSyntax extends At {
  readonly kind: 'range';
  readonly low: Expression;
  readonly high: Expression;
}

export interface PrefixSyntax extends At {
  readonly kind: 'prefix';
  readonly base: Expression;
  readonly length: number;
}

/** `a . b` and `a, b`. */
export interface SequenceSyntax extends At {
  readonly kind: 'concat' | 'list';
  readonly items: readonly Expression[];
}

export interface SetSyntax extends At {
  readonly kind: 'set';
  readonly items: readonly ElementSyntax[];
}

/** An element of a set, or of a map where it has data; a set in a set is spliced into it. */
export interface ElementSyntax extends At {
  readonly key: Expression | { readonly kind: 'any'; readonly at: Place };
  readonly data?: Expression;
  /** Timeout, comment and statements as nft JSON has them beside the value. */
  readonly extra: JsonObject;
}

export interface MapSyntax extends At {
  readonly kind: 'map';
  readonly key: Expression;
  readonly data: Expression;
}

/** `@name`. */
export interface ReferenceSyntax extends At {
  readonly kind: 'reference';
  readonly name: string;
}

export interface VerdictSyntax extends At {
  readonly kind: 'verdict';
  readonly json: JsonObject;
}

export type Expression =
  | WordSyntax
  | SelectorSyntax
  | HashSyntax
  | OperationSyntax
  | RangeSyntax
  | PrefixSyntax
  | SequenceSyntax
  | SetSyntax
  | MapSyntax
  | ReferenceSyntax
  | VerdictSyntax;

export type Comparison = 'implicit' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';

/** One statement of a rule. */
export type Statement = At &
  (
    | {
        readonly kind: 'match';
        readonly op: Comparison;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'assign'; readonly target: Selector; readonly value: Expression }
    /** Says the same whatever stands around it. */
    | { readonly kind: 'fixed'; readonly json: JsonObject }
    /** A counter, quota … by its name, or one that a map chooses. */
    | { readonly kind: 'object'; readonly object: string; readonly name: Expression }
    | { readonly kind: 'vmap'; readonly key: Expression; readonly data: Expression }
    | { readonly kind: 'reject'; readonly type?: RejectType; readonly code?: Expression }
    | NatSyntax
    | { readonly kind: 'queue'; readonly to?: Expression; readonly flags: readonly string[] }
    | { readonly kind: 'dup'; readonly to: Expression; readonly device?: Expression }
    | {
        readonly kind: 'fwd';
        readonly device: Expression;
        readonly family?: 'ip' | 'ip6';
        readonly address?: Expression;
      }
    | {
        readonly kind: 'update';
        readonly op: string;
        readonly set: ReferenceSyntax;
        readonly key: Expression;
        readonly extra: JsonObject;
        readonly data?: Expression;
        readonly statements: readonly JsonObject[];
      }
    /** `jump { … }`: a chain without a name. */
    | { readonly kind: 'block'; readonly verb: 'jump' | 'goto'; readonly rules: readonly RuleSyntax[] }
    | {
        readonly kind: 'meter';
        readonly name: string;
        readonly size: number;
        readonly key: Expression;
        readonly extra: JsonObject;
        readonly statement: JsonObject;
      }
  );

export type RejectType = 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx';

/** Statements that name an address, a port or both. */
export interface NatSyntax {
  readonly kind: 'nat';
  readonly keyword: 'snat' | 'dnat' | 'masquerade' | 'redirect' | 'tproxy';
  readonly family?: 'ip' | 'ip6';
  readonly address?: Expression;
  readonly port?: Expression;
  readonly flags: readonly string[];
  readonly isPrefix: boolean;
  /** `addr . port to`: the map has both. */
  readonly isPair: boolean;
}

/** A rule with its comment. */
export interface RuleSyntax extends At {
  readonly statements: readonly Statement[];
  readonly comment?: string;
}

/** The place of a run of tokens. */
export function placeOf(source: Source, first: IToken, last: IToken = first): Place {
  return { source, start: first.startOffset, end: last.startOffset + last.image.length };
}
