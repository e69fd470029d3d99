// What the variables of a space say: for whoever writes down a set of packets.
import type { Field } from '../field/define.ts';
import type { Mentioned } from './names.ts';

/** Some variables that follow each other, and what they say of a packet. */
export interface SpacePart {
  /** Of the field, with the place where it is drawn, or of the condition. */
  readonly name: string;
  /** None for a condition that nobody can tell. */
  readonly field?: Field;
  /** The first variable says whether a packet has the field. */
  readonly mayMiss: boolean;
  readonly variables: readonly number[];
  /** What the codes stand for, the last one for all that are left; none where they are plain bits. */
  readonly values?: readonly (bigint | string)[];
  /** For names: those that are mentioned, and patterns that end in `*`. */
  readonly mentioned?: ReadonlySet<string>;
}

/** What a space gave to its fields and conditions. */
interface Given {
  readonly own: ReadonlyMap<string, GivenField>;
  /** Of conditions, and of fields that nobody is told. */
  readonly freeNames: ReadonlyMap<number, string>;
  readonly mentioned: Mentioned;
}

interface GivenField {
  readonly field: Field;
  readonly presence: number | undefined;
  readonly variables: readonly number[];
  readonly meaning: { readonly list: readonly (bigint | string)[] } | undefined;
}

/** All that were given, in the order of their variables. */
export function partsOf({ own, freeNames, mentioned }: Given): readonly SpacePart[] {
  const fields = [...own].map(([name, { field, presence, variables, meaning }]) => ({
    name,
    field,
    mayMiss: presence !== undefined,
    variables: [...(presence === undefined ? [] : [presence]), ...variables],
    ...(meaning && { values: meaning.list }),
    ...(field.type.text && { mentioned: mentioned.get(field.name) ?? new Set<string>() }),
  }));
  const taken = new Set(fields.flatMap(({ variables }) => variables));
  const conditions = [...freeNames].flatMap(([variable, name]) =>
    taken.has(variable) ? [] : [{ name, mayMiss: false, variables: [variable] }],
  );
  const first = ({ variables }: SpacePart) => variables[0] ?? 0;
  return [...fields, ...conditions]
    .filter(({ variables }) => variables.length > 0)
    .toSorted((one, other) => first(one) - first(other));
}
