// How the options of iptables' targets are read: numbers as C reads them, masks, and which options exclude each other.
import { type GivenOption, type Refusal, refuse } from '../match/iptables-spelling.ts';

/** The word behind an option, if it was given. */
export function wordOf(given: readonly GivenOption[], option: string): string | undefined {
  return given.find((one) => one.option === option)?.words[0];
}

/** Whether an option without a value was given. */
export function isGiven(given: readonly GivenOption[], option: string): boolean {
  return given.some((one) => one.option === option);
}

/** Decimal, `0x` or, with a leading zero, octal, up to `max` (libxtables/xtables.c: xtables_strtoul). */
export function parseNumberWord(text: string, max: bigint): bigint | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(text)) return undefined;
  const value = BigInt(/^0[0-7]/.test(text) ? `0o${text.slice(1)}` : text);
  return value <= max ? value : undefined;
}

/** A number up to `max`, or why iptables takes none of this. */
export function numberWord(option: string, text: string, max: bigint, min = 0n): bigint | Refusal {
  const value = parseNumberWord(text, max);
  return value === undefined || value < min
    ? refuse(`\`${option}\` takes a number from ${min} to ${max}, not \`${text}\``)
    : value;
}

/** A value and the bits that it is about. */
export interface MaskedWord {
  readonly value: bigint;
  readonly mask: bigint;
}

/** `value/mask`, each up to `max`; without a mask it is about all bits. */
export function parseMaskedWord(text: string, max: bigint): MaskedWord | undefined {
  const [valueText = '', maskText, ...rest] = text.split('/');
  const value = parseNumberWord(valueText, max);
  const mask = maskText === undefined ? max : parseNumberWord(maskText, max);
  return value === undefined || mask === undefined || rest.length > 0 ? undefined : { value, mask };
}

/** Why options that exclude each other can't stand together, if two of them do. */
export function clash(given: readonly GivenOption[], options: readonly string[]): Refusal | undefined {
  const [one, other] = given.filter(({ option }) => options.includes(option));
  return one && other && refuse(`\`${one.option}\` and \`${other.option}\` exclude each other`);
}

/** Why negated options are refused: no option of a target can be. */
export function negation(given: readonly GivenOption[]): Refusal | undefined {
  const found = given.find(({ negated }) => negated);
  return found && refuse(`\`${found.option}\` can't be negated`);
}
