// What the parser makes of declarations and commands.
import type { Family } from '../../ir/ruleset.ts';
import type { JsonObject } from '../json-value.ts';
import type { ElementSyntax, Expression, Place, RuleSyntax } from './syntax.ts';

/** A name and a number that is added, or a number alone. */
export interface PrioritySyntax {
  readonly name?: string;
  readonly offset: number;
  readonly at: Place;
}

export interface ChainSyntax {
  readonly kind: 'chain';
  readonly name: string;
  readonly base?: {
    readonly type: string;
    readonly hook: string;
    readonly priority: PrioritySyntax;
    readonly devices: readonly string[];
  };
  readonly policy?: string;
  /** `flags` and `comment` as JSON. */
  readonly more: JsonObject;
  readonly rules: readonly RuleSyntax[];
  readonly at: Place;
}

/** The types of a key or of data: names, or expressions that have them. */
export type TypeSyntax =
  | { readonly kind: 'type'; readonly names: readonly { readonly name: string; readonly at: Place }[] }
  | { readonly kind: 'typeof'; readonly of: Expression };

export interface SetSyntaxBlock {
  readonly kind: 'set' | 'map';
  readonly name: string;
  readonly key?: TypeSyntax;
  /** Of a map: a type, or the kind of object that it chooses. */
  readonly data?: TypeSyntax | { readonly kind: 'object'; readonly object: string };
  readonly flags: readonly string[];
  /** Size, policy, timeout, comment and so on as JSON. */
  readonly more: JsonObject;
  readonly statements: readonly JsonObject[];
  readonly elements: readonly ElementSyntax[];
  readonly at: Place;
}

/** A counter, quota, helper … with its body as JSON. */
export interface ObjectSyntax {
  readonly kind: 'object';
  readonly object: string;
  readonly name: string;
  readonly body: JsonObject;
  readonly at: Place;
}

export interface FlowtableSyntax {
  readonly kind: 'flowtable';
  readonly name: string;
  readonly hook?: string;
  readonly priority?: PrioritySyntax;
  readonly devices: readonly string[];
  readonly more: JsonObject;
  readonly at: Place;
}

/** What stands in a table. */
export type Member = ChainSyntax | SetSyntaxBlock | ObjectSyntax | FlowtableSyntax;

/** A table by family and name. */
export interface TableName {
  readonly family: Family;
  readonly table: string;
}

type At = { readonly at: Place };

/** One command of a text; a block is a command that adds. */
export type Command = At &
  (
    | (TableName & {
        readonly kind: 'table';
        readonly isNew: boolean;
        readonly more: JsonObject;
        readonly members: readonly Member[];
      })
    | (TableName & { readonly kind: 'member'; readonly isNew: boolean; readonly member: Member })
    | (TableName & {
        readonly kind: 'rule';
        readonly chain: string;
        /** `first` for `insert`; a number goes before or behind the rule of that index. */
        readonly where: 'first' | 'last' | { readonly before: number } | { readonly behind: number };
        readonly rule: RuleSyntax;
      })
    | (TableName & {
        readonly kind: 'elements';
        readonly isDeletion: boolean;
        readonly set: string;
        readonly elements: readonly ElementSyntax[];
      })
    | (TableName & { readonly kind: 'delete'; readonly what: string; readonly name: string })
    | { readonly kind: 'flush'; readonly what: 'ruleset'; readonly family?: Family }
    | (TableName & {
        readonly kind: 'flush';
        readonly what: 'table' | 'chain' | 'set';
        readonly name: string;
      })
    | { readonly kind: 'nothing' }
    | (TableName & { readonly kind: 'rename'; readonly chain: string; readonly to: string })
  );
