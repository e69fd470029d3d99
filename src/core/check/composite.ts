// What a field begins that is no comparison of it alone: a concatenation, the key of a verdict map, or what is set.
import { findSelector } from '../match/find-selector.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { expandAddresses, isAgnosticComposite } from './agnostic-composite.ts';
import { atMark, type Cursor, takeMark, takeWord } from './cursor.ts';
import { findKey, type Key } from './key.ts';

/** The meaning of a key that was taken together with what stands behind it; undefined for a comparison. */
export function compositeOf(cursor: Cursor, key: Key, limit?: 'ip' | 'ip6'): Key['meaning'] | undefined {
  if (key.meaning.kind !== 'match' && key.meaning.kind !== 'agnostic') return undefined;
  const isAgnostic = isAgnosticComposite({ ...cursor, at: cursor.at - key.words }, limit);
  if (isAgnostic) return { kind: 'expansion', expand: expandAddresses };
  const ahead = { ...cursor };
  while (takeMark(ahead, '.')) ahead.at += findKey(ahead)?.words ?? 0;
  const statement = takeWord(ahead, 'vmap') && findStatement('vmap');
  if (statement) return { kind: 'statement', definition: statement };
  const isSet = findSelector(key.text) !== undefined && takeWord({ ...cursor }, 'set') !== undefined;
  const setter = isSet ? findStatement('mangle') : undefined;
  if (setter) return { kind: 'statement', definition: setter };
  const match = atMark(cursor, '.') ? findMatch('concatenation') : undefined;
  return match && { kind: 'match', definition: match };
}
