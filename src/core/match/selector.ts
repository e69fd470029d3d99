// What a match reads from a packet, as something that may stand alone, in a concatenation, or before a map.
import type { Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import type { JsonValue } from '../nft/json-value.ts';

export interface Selector {
  /** Its name in the language and in the registry of matches: `ip saddr`. */
  readonly key: string;
  readonly field: Field;
  /** The only family whose packets have it. */
  readonly family?: 'ip' | 'ip6';
  /** Every packet has it. */
  readonly always?: true;
  /** Only packets of a protocol with ports have it. */
  readonly transports?: true;
  /** It counts: it takes these numbers one after the other, from the first. */
  readonly turns?: Range;
  /** The expression in nft JSON. */
  readonly nft: JsonValue;
}
