// How a match is said in iptables: the words it becomes, and the options it is read from.
import type { Hook } from '../hook/hook.ts';
import type { NamedSet } from '../ir/ruleset.ts';
import type { Lookups } from './define.ts';

/** What the words are for, and the sets and maps of the rule's table. */
export interface IptablesTarget extends Lookups {
  readonly family: 'ip' | 'ip6';
  /** The name of the ipset that holds a named set of the rule's table. */
  readonly ipset: (set: string) => string;
  /** Another match of the rule leaves only packets of protocols that have ports. */
  readonly ported?: boolean;
}

/** The words of one condition. Options of the rule itself stand before all modules, each at most once. */
export interface Words {
  /** Which of iptables' own options this is (`-s -d -i -o -p -f`); absent for an option of a module. */
  readonly own?: 's' | 'd' | 'i' | 'o' | 'p' | 'f';
  /** In order, unquoted: `['-m', 'tcp', '!', '--dport', '22']`. */
  readonly words: readonly string[];
  /** Whatever else of the module the rule has says it too. */
  readonly onlyModule?: true;
  /** The same said by a module, for a rule whose `own` option is taken already. */
  readonly otherwise?: readonly string[];
}

/** A match as iptables can say it. */
export type Condition =
  /** Any of the alternatives; more than one needs several rules. Several words in one alternative are all needed. */
  | { readonly kind: 'any'; readonly alternatives: readonly (readonly Words[])[]; readonly protocol?: number }
  /** None of the alternatives, where iptables can't say that in one rule. */
  | {
      readonly kind: 'none';
      readonly alternatives: readonly (readonly Words[])[];
      readonly protocol?: number;
    }
  /** Never true for this family: the rule is left out. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unsupported'; readonly why: string; readonly help?: string };

/** One option as it was given in a rule. */
export interface GivenOption {
  /** In its canonical form, aliases resolved. */
  readonly option: string;
  readonly negated: boolean;
  readonly words: readonly string[];
}

/** What a reader knows of the rule around its options. */
export interface ReadContext {
  readonly family: 'ip' | 'ip6';
  /** The protocol of the rule's `-p`, if it is not negated. */
  readonly protocol: number | undefined;
  /** The set of a name, where the sets of ipset are given and ours says the same. */
  readonly ipset?: ((name: string) => NamedSet | undefined) | undefined;
  /** Whether modules before this one want a whole header of the protocol, so that there are ports. */
  readonly hasHeader?: boolean;
  /** Where the rule stands in a base chain. */
  readonly hook?: Hook | undefined;
}

/** Reads options of one module (or, with the empty name, of iptables itself) into the arguments of a match. */
export interface IptablesReader<Args> {
  readonly module: string;
  /** Each option with the number of words behind it. */
  readonly options: Readonly<Record<string, number>>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** `each`: one match from every option. `together`: one match from all options of one `-m`. */
  readonly takes: 'each' | 'together';
  /** It is asked before the other readers of the module. */
  readonly first?: true;
  /** Whether these options of one `-m` mean together what they do not mean apart; then this reader has them all. */
  readonly claims?: (given: readonly GivenOption[]) => boolean;
  /** The registries know all options of this module; any other is refused. */
  readonly complete?: true;
  /** Where alone the kernel takes the module. */
  readonly places?: { readonly hooks?: readonly Hook[]; readonly tables?: readonly string[] };
  /** Of each group of options at most one may stand in one `-m`. */
  readonly excludes?: readonly (readonly string[])[];
  /** Options that may be stated several times. */
  readonly repeats?: readonly string[];
  /** A refusal where iptables itself would refuse the words; undefined where another reader may understand them. */
  readonly read: (given: readonly GivenOption[], context: ReadContext) => Args | Refusal | undefined;
}

/** What iptables refuses, and why. */
export interface Refusal {
  /** In the user's words, completing "iptables refuses this: …". */
  readonly refused: string;
}

/** Says that iptables refuses the words. */
export function refuse(why: string): Refusal {
  return { refused: why };
}

/** Whether a reader refused its words. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
