// A command that is being read: what its options have said so far.
import type { Ends, EventKind, Selection } from './command.ts';

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A command that is being read. */
export interface Draft {
  readonly selection: Omit<
    Writable<Selection>,
    'original' | 'reply' | 'masks' | 'icmp' | 'nat' | 'expected' | 'expectedMask' | 'tags'
  > & {
    readonly original: Writable<Ends>;
    readonly reply: Writable<Ends>;
    readonly masks: Writable<Ends>;
    readonly icmp: Writable<Selection['icmp']>;
    readonly nat: Writable<Selection['nat']>;
    readonly expected: Writable<Ends>;
    readonly expectedMask: Writable<Ends>;
    readonly tags: Writable<Selection['tags']>;
  };
  output: readonly string[];
  events: readonly EventKind[];
  zero: boolean;
  /** Parts of values that mean nothing. */
  readonly ignored: string[];
}

/** A draft that says nothing. */
export function emptyDraft(): Draft {
  return {
    selection: {
      original: {},
      reply: {},
      masks: {},
      icmp: {},
      nat: {},
      expected: {},
      expectedMask: {},
      tags: {},
      labels: [],
      labelsAdded: [],
    },
    output: [],
    events: [],
    zero: false,
    ignored: [],
  };
}
