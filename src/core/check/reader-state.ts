// What a reader of arguments knows of the place where it reads.
import type { DataType } from '../datatype/define.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import type { TermReader, WrittenOperator } from '../match/reader.ts';
import type { AgnosticKey } from './agnostic.ts';
import type { Cursor, Located } from './cursor.ts';
import type { DeclaredMap, DeclaredSet, SetPart } from './set-part.ts';

/** Sets as a rule sees them. */
export interface SetsInReach {
  readonly find: (name: string) => DeclaredSet | undefined;
  readonly names: () => Iterable<string>;
  /** Whether a set of this name is kept in the words of another tool: nobody knows what it holds. */
  readonly isKept: (name: string) => boolean;
  readonly findMap: (name: string) => DeclaredMap | undefined;
  /** Notes that a rule refers to the map, and that its table needs the part. */
  readonly useMap: (map: DeclaredMap, part: NamedMap | undefined) => void;
  /** Notes that a rule refers to the set, and that its table needs the part. */
  readonly use: (set: DeclaredSet, part: SetPart | undefined) => void;
}

/** Where and for what arguments are read. */
export interface ReadOptions {
  readonly cursor: Cursor;
  readonly family: TermReader['family'];
  /** The key stands for several matches: values are written in its types. */
  readonly agnostic?: AgnosticKey | undefined;
}

/** A reader on its way. */
export interface ReaderState extends ReadOptions {
  readonly sets: SetsInReach;
  operator: WrittenOperator;
  excluded: readonly Located[];
}

/** The types of which a value may be written where one of `type` is wanted. */
export function writtenTypes({ agnostic }: ReaderState, type: DataType): readonly DataType[] {
  return agnostic?.types ?? [type];
}
