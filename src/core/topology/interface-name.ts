// What a name of a network interface may be.

/** What is wrong with it, to be put behind the name; undefined if it is fine (`net/core/dev.c: dev_valid_name`). */
export function interfaceNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (utf8Length(name) > 15) return 'has more than 15 bytes';
  if (name === '.' || name === '..') return 'is reserved';
  return /[\s/:\p{Cc}]/u.test(name) ? 'has a character that an interface name cannot have' : undefined;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
