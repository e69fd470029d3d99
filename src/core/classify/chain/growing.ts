// A list of numbers that grows, in one typed array.

/** Numbers of 32 bits with sign. */
export interface GrowingNumbers {
  /** What is there so far; another array after it has grown. */
  words: Int32Array;
  /** Appends so many zeros; answers where they begin. */
  room(count: number): number;
  /** Appends numbers; answers where they begin. */
  append(numbers: ArrayLike<number>): number;
}

/** A list that begins with one 0, so that no place is 0. */
export function growingNumbers(): GrowingNumbers {
  let used = 1;
  const list: GrowingNumbers = {
    words: new Int32Array(64),
    room: (count) => {
      const at = used;
      used += count;
      if (used > list.words.length) {
        const larger = new Int32Array(Math.max(used, 2 * list.words.length));
        larger.set(list.words);
        list.words = larger;
      }
      return at;
    },
    append: (numbers) => {
      const at = list.room(numbers.length);
      list.words.set(numbers, at);
      return at;
    },
  };
  return list;
}
