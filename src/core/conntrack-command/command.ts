// A command line of `conntrack` as data, and an overview of this folder (conntrack-tools 1.4.7 and 1.4.8, src/conntrack.c).
//
//   options.ts   the options: letters, long names, what they take; which of them each protocol adds
//   legal.ts     which options an action needs, allows and refuses
//   given.ts     the options of a line, as getopt_long finds them
//   values.ts    numbers, addresses, lists of names
//   readers.ts   what each option says; draft.ts, what all of them have said
//   parse.ts     a line to a command, or to what is wrong with it
//   matches.ts   a command's filter as a question to an entry
//   tuples.ts    both tuples of what a command names
//   write.ts     the line that deletes exactly one entry; saved.ts, the one that makes it again
//   carry-out.ts a command on a table; restore.ts, a file of them
import type { AddressFamily } from '../datatype/address.ts';

/** What is done; `restore` reads commands from a file. */
export type Action =
  | 'list'
  | 'get'
  | 'delete'
  | 'create'
  | 'add'
  | 'update'
  | 'event'
  | 'flush'
  | 'count'
  | 'stats'
  | 'restore';

/** What it is done to. */
export type TableName = 'conntrack' | 'expect' | 'dying' | 'unconfirmed';

/** One command line. */
export interface ConntrackCommand {
  readonly action: Action;
  readonly table: TableName;
  /** Which connections are meant; of `create`, `add` and `update` also what they shall be. */
  readonly selection: Selection;
  /** Words of `-o`. */
  readonly output: readonly string[];
  /** Which events are shown; all where none is named. */
  readonly events: readonly EventKind[];
  /** Set the counters back when they were listed. */
  readonly zero: boolean;
  /** The file of `-R`; `-` is standard input. */
  readonly file?: string;
}

/** Kinds of events by their names in `-e`. */
export type EventKind = 'NEW' | 'UPDATES' | 'DESTROY';

/** What a command says of connections; what is absent it does not say. */
export interface Selection {
  readonly family?: AddressFamily;
  readonly protocol?: number;
  readonly original: Ends;
  readonly reply: Ends;
  /** Bits of the original addresses that count. */
  readonly masks: Readonly<Pick<Ends, 'source' | 'destination'>>;
  readonly icmp: { readonly type?: number; readonly code?: number; readonly id?: number };
  /** The protocol's own state, by its name in listings. */
  readonly state?: string;
  readonly timeout?: number;
  /** Bits of ctStatus: those that are set, and those that are not. */
  readonly status?: { readonly set: number; readonly unset: number };
  readonly mark?: { readonly value: number; readonly mask: number };
  readonly secmark?: number;
  readonly id?: number;
  readonly zone?: number;
  readonly originalZone?: number;
  readonly replyZone?: number;
  /** By name: those that it has, that it gets, that it loses. */
  readonly labels: readonly string[];
  readonly labelsAdded: readonly string[];
  readonly labelsDeleted?: readonly string[] | 'all';
  readonly nat: Readonly<Partial<Record<NatSide, NatEnd>>>;
  /** Of an expectation: the packet that is expected, and which bits of it count. */
  readonly expected: Ends;
  readonly expectedMask: Ends;
  /** SCTP's verification tags. */
  readonly tags: { readonly original?: number; readonly reply?: number };
  /** On which side the one that began a connection of DCCP is. */
  readonly role?: 'client' | 'server';
}

/** Both ends of one direction; ports, or the keys of GRE. */
export interface Ends {
  readonly source?: bigint;
  readonly destination?: bigint;
  readonly sourceKey?: number;
  readonly destinationKey?: number;
}

/** Which half is translated. */
export type NatSide = 'source' | 'destination' | 'any';

/** To what it is translated; anything where neither is said. */
export interface NatEnd {
  readonly address?: bigint;
  readonly port?: number;
}
