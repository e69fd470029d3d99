// Numbers for keys of several 32-bit words, given in the order in which the keys come: a hash table without an object
// for each key.

/** The keys so far. */
export interface KeyTable {
  /** The number of the key at the beginning of `words`, from 0; one that is new gets the next. */
  indexOf(words: Uint32Array): number;
  readonly size: number;
}

/** A table for keys of so many words, none of them known yet. */
export function keyTable(width: number): KeyTable {
  let keys = new Uint32Array(1024 * width);
  let slots = new Int32Array(2048).fill(-1);
  let size = 0;
  const isAt = (index: number, words: Uint32Array) => {
    const from = index * width;
    for (let at = 0; at < width; at++) if (keys[from + at] !== words[at]) return false;
    return true;
  };
  /** The slot of a key, or the empty one where it belongs. */
  const slotOf = (words: Uint32Array) => {
    const mask = slots.length - 1;
    let slot = hashOf(words, width) & mask;
    for (;;) {
      const index = slots[slot] ?? -1;
      if (index < 0 || isAt(index, words)) return slot;
      slot = (slot + 1) & mask;
    }
  };
  const grow = () => {
    const before = keys;
    keys = new Uint32Array(before.length * 2);
    keys.set(before);
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let index = 0; index < size; index++)
      slots[slotOf(keys.subarray(index * width, (index + 1) * width))] = index;
  };
  return {
    indexOf: (words) => {
      const slot = slotOf(words);
      const found = slots[slot] ?? -1;
      if (found >= 0) return found;
      slots[slot] = size;
      for (let at = 0; at < width; at++) keys[size * width + at] = words[at] ?? 0;
      size++;
      if (size * 2 > slots.length) grow();
      return size - 1;
    },
    get size() {
      return size;
    },
  };
}

/** MurmurHash3's mixing of 32-bit words (Austin Appleby, public domain). */
function hashOf(words: Uint32Array, width: number): number {
  let hash = width;
  for (let at = 0; at < width; at++) {
    let word = Math.imul(words[at] ?? 0, 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
