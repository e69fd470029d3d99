// The syntax tree of a policy: what was written, with a span on every node and no meaning yet.
// Rules are flat lists of terms: which words form a match is decided later, by the registry, so that the
// grammar never grows when a match is added.
import type { Span } from '../text/source.ts';
import type { Braces, Name, Term, Text } from './term.ts';

/** One `.hook` file. */
export interface PolicyFile {
  readonly kind: 'file';
  readonly items: readonly Item[];
  /** Every comment in order, for the formatter. */
  readonly comments: readonly Comment[];
  readonly span: Span;
}

/** `# …` up to the end of the line. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
}

export type Item =
  | IpsetLine
  | Let
  | SetDeclaration
  | MapDeclaration
  | Table
  | Definition
  | Service
  | Zone
  | ZonePolicy
  | Gateway
  | IncludeStatement
  | HostBlock
  | LinkBlock
  | TestBlock
  | AssertBlock;

/** `let NAME = value`; the value is what may stand in a rule after a match's key. */
export interface Let {
  readonly kind: 'let';
  readonly name: Name;
  readonly value: readonly Term[];
  readonly span: Span;
}

/** `set NAME : type = { … }` or `set NAME : type { … }`, at the top level or in a table. */
export interface SetDeclaration {
  readonly kind: 'set';
  readonly name: Name;
  /** `address`, `ipv4_addr`, `port`, …; inferred from the elements where it is not said. */
  readonly type?: Name;
  /** `dynamic` or `timeout`. */
  readonly changes?: Name;
  /** Its properties, a line each; the elements are one of them. */
  readonly block?: readonly Statement[];
  readonly elements?: Braces;
  readonly span: Span;
}

/** `map NAME : type -> type = { … }`, at the top level or in a table. */
export interface MapDeclaration {
  readonly kind: 'map';
  readonly name: Name;
  /** The type of the keys. */
  readonly type: Name;
  /** The type of what is found, `verdict` among them. */
  readonly data: Name;
  /** `dynamic` or `timeout`. */
  readonly changes?: Name;
  /** Its properties, a line each; the entries are one of them. */
  readonly block?: readonly Statement[];
  readonly entries?: Braces;
  readonly span: Span;
}

/** `ipset "create seen hash:ip"`: a line for `ipset restore`, kept word for word. */
export interface IpsetLine {
  readonly kind: 'ipset';
  readonly text: Text;
  readonly span: Span;
}

/** `table [family] NAME { … }`. */
export interface Table {
  readonly kind: 'table';
  readonly family?: Name;
  readonly name: Name;
  readonly items: readonly (
    | Chain
    | SetDeclaration
    | MapDeclaration
    | ObjectDeclaration
    | Attribute
    | Let
    | RawObject
  )[];
  readonly span: Span;
}

/** `counter NAME { … }`, `ct helper NAME { … }`, `quota NAME over 10 mbytes`: something that rules refer to. */
export interface ObjectDeclaration {
  readonly kind: 'object';
  /** The words of its kind with single blanks between: `ct helper`. */
  readonly keyword: Name;
  readonly name: Name;
  /** What is said of it; a `when` block is none of that. */
  readonly lines: readonly BodyItem[];
  readonly span: Span;
}

/** `flags dormant`, `comment "…"`: something about the table itself. */
export interface Attribute {
  readonly kind: 'attribute';
  readonly keyword: Name;
  /** What stands behind the keyword. */
  readonly terms: readonly Term[];
  readonly span: Span;
}

/** `nft { … }`: an object of the table in nft's JSON, kept word for word. */
export interface RawObject {
  readonly kind: 'raw';
  readonly content: Braces;
  readonly span: Span;
}

/** `chain NAME [type T] [hook H [device D | devices = { … }] [priority P]] [policy V] { rules }`. */
export interface Chain {
  readonly kind: 'chain';
  readonly name: Name;
  readonly type?: Name;
  readonly hook?: Name;
  readonly devices?: readonly Text[];
  readonly priority?: PriorityClause;
  readonly policy?: Name;
  /** In the order of evaluation. */
  readonly rules: readonly BodyItem[];
  readonly span: Span;
}

/** `filter`, `-150`, `filter - 5`, `mangle + 1`. */
export interface PriorityClause {
  readonly base?: Name;
  /** Added to the named priority, or the priority itself where no name is given. */
  readonly offset: number;
  readonly span: Span;
}

/** What stands in a chain, a `when` block or the body of a `def`. */
export type BodyItem = Rule | When;

/** `when MATCH… { rules }`. */
export interface When {
  readonly kind: 'when';
  readonly condition: readonly Term[];
  readonly rules: readonly BodyItem[];
  readonly span: Span;
}

/** `def NAME(a, b : type) { rules }`; called as `NAME(value, value)` at the end of a rule. */
export interface Definition {
  readonly kind: 'def';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly rules: readonly BodyItem[];
  readonly span: Span;
}

/** What a call gives a value for; of any type where none is said. */
export interface Parameter {
  readonly name: Name;
  readonly type?: Name;
}

/** `service NAME = { tcp 80, udp 443, icmp echo-request, OTHER }`. */
export interface Service {
  readonly kind: 'service';
  readonly name: Name;
  readonly members: Braces;
  readonly span: Span;
}

/** `zone NAME = { interface "lan0" ; address 10.0.0.0/24 }`. */
export interface Zone {
  readonly kind: 'zone';
  readonly name: Name;
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `policy from lan, guests to wan { rules }`, with `default VERDICT` among the rules. */
export interface ZonePolicy {
  readonly kind: 'policy';
  readonly from: readonly Name[];
  readonly to: readonly Name[];
  readonly rules: readonly BodyItem[];
  readonly span: Span;
}

/** `gateway NAME { inside … ; outside … ; forward … }`. */
export interface Gateway {
  readonly kind: 'gateway';
  readonly name: Name;
  readonly lines: readonly BodyItem[];
  readonly span: Span;
}

/** `include "zones/*.hook"`; in the tree of all files it is replaced by what they hold. */
export interface IncludeStatement {
  readonly kind: 'include';
  readonly path: Text;
  readonly span: Span;
}

/** One line of a chain. The parser makes the terms anew each time they are asked for, so as not to keep them all. */
export interface Rule {
  readonly kind: 'rule';
  readonly terms: readonly Term[];
  readonly span: Span;
}

/** `host NAME { interface "lan0" { address 10.0.0.1/24 } ; route … ; rule … ; sysctl … }`. */
export interface HostBlock {
  readonly kind: 'host';
  readonly name: Name;
  readonly statements: readonly Statement[];
  /** Rules that are its own. */
  readonly items: readonly HostItem[];
  readonly span: Span;
}

/** What rules a host may have of its own; sets, services and definitions are there for all hosts. */
export type HostItem = Table | Zone | ZonePolicy | Gateway;

/** `link NAME { HOST "eth0" ; OTHER "eth1" ; hairpin }`: devices that one cable or switch connects. */
export interface LinkBlock {
  readonly kind: 'link';
  readonly name: Name;
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `test "title" protect { on HOST ; packet … ; expect … ; reply expect … }`. */
export interface TestBlock {
  readonly kind: 'test';
  readonly title: Text;
  readonly protect?: true;
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `assert "title" { on HOST ; never accept MATCH… ; always drop MATCH… }`. */
export interface AssertBlock {
  readonly kind: 'assert';
  readonly title: Text;
  readonly lines: readonly BodyItem[];
  readonly span: Span;
}

/** A line of terms, with a block of further lines behind it where one was written. */
export interface Statement {
  readonly terms: readonly Term[];
  readonly block?: readonly Statement[];
  readonly span: Span;
}
