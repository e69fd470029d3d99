// The kernel's hash of NAT address choice and of rules: include/linux/jhash.h, by Bob Jenkins (lookup3).

/** jhash2 of 32-bit words; the result is an unsigned 32-bit number. */
export function jhash2(words: readonly number[], initval: number): number {
  return hashed(words, words.length << 2, initval);
}

/** jhash of bytes, as a little-endian machine loads them. */
export function jhash(bytes: Uint8Array, initval: number): number {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  const view = new DataView(whole.buffer);
  const words = Array.from({ length: whole.length / 4 }, (_, at) => view.getUint32(4 * at, true));
  return hashed(words, bytes.length, initval);
}

/** linux/kernel.h: reciprocal_scale, a 32-bit hash brought below a count. */
export function scaled(hash: number, count: number): number {
  return Number((BigInt(hash) * BigInt(count)) >> 32n);
}

function hashed(words: readonly number[], length: number, initval: number): number {
  const seed = (0xdeadbeef + length + initval) | 0;
  let state: Triple = [seed, seed, seed];
  let at = 0;
  for (; words.length - at > 3; at += 3) state = mix(added(state, words, at));
  return at < words.length ? finish(added(state, words, at)) : state[2] >>> 0;
}

type Triple = readonly [number, number, number];

function added([a, b, c]: Triple, words: readonly number[], at: number): Triple {
  return [(a + (words[at] ?? 0)) | 0, (b + (words[at + 1] ?? 0)) | 0, (c + (words[at + 2] ?? 0)) | 0];
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** __jhash_mix. */
function mix(state: Triple): Triple {
  let [a, b, c] = state;
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

/** __jhash_final. */
function finish(state: Triple): number {
  let [a, b, c] = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
