// Text that a user wrote, on its way into an output: quoted in the language, refused where it could break out.

/** A string of the language. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** A name of the language: as it is where it is a word, else as a string. */
export function writeName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.]*(?:-(?!>)[A-Za-z0-9_.]*){0,200}$/.test(name) ? name : quote(name);
}

/** Bytes of a text in UTF-8, the unit of the kernel's limits. */
export function byteLength(text: string): number {
  let length = 0;
  for (const character of text) length += encodedLength(character.codePointAt(0) ?? 0);
  return length;
}

function encodedLength(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** Only characters that the language allows in a string: none that ends a line or hides. */
export function isPrintable(text: string): boolean {
  return !/[^ -~\u00a0-\u2027\u202a-\uffff]/.test(text);
}

/**
 * Why nft can't hold a text of a rule, if so. Its strings have no escapes, so a `"` would end them wherever the rule
 * set is listed and loaded again (src/scanner.l: quotedstring).
 */
export function nftTextProblem(text: string, limit: number): string | undefined {
  if (!isPrintable(text)) return 'control characters';
  if (text.includes('"')) return 'a `"`, which nft has no way to quote';
  return byteLength(text) > limit ? `more than ${limit} bytes` : undefined;
}

/** Why iptables can't hold a text of a rule, if so; its quoting covers every printable character. */
export function iptablesTextProblem(text: string, limit: number): string | undefined {
  if (!isPrintable(text)) return 'control characters';
  return byteLength(text) > limit ? `more than ${limit} bytes` : undefined;
}
