// What a data type is: the values a field can have, and how they are written in the language and in nft JSON.

/** A type of whole numbers or, with `text`, of names. */
export interface DataType {
  /** nft's name of the type, also accepted in set declarations: `ipv4_addr`, `inet_service`. */
  readonly name: string;
  /** How messages speak of one value: `an IPv4 address`. */
  readonly label: string;
  /** Bits of a value; for names the bits of the kernel's fixed-size field. */
  readonly width: number;
  /** Reads one value as the language writes it; undefined where the text is none of this type. */
  readonly parse: (text: string) => bigint | undefined;
  /** Writes one value as the language writes it. */
  readonly format: (value: bigint) => string;
  /** One value in nft JSON. */
  readonly toJson: (value: bigint) => JsonScalar;
  /** Where one value in nft JSON is not read like one of the language, or a number like itself. */
  readonly fromJson?: (json: JsonScalar) => bigint | undefined;
  /** Names of values, for completion and did-you-mean. */
  readonly constants?: ReadonlyMap<string, bigint>;
  /** Each constant is a bit, and a packet's value may have several of them. */
  readonly bitmask?: true;
  /** Values may be written as prefixes. */
  readonly prefixes?: true;
  /** Values are names that may end in a wildcard, of interfaces or of anything; numbers do not occur. */
  readonly text?: 'interface' | 'any';
  /** The language has values that are no words and no numbers in quotes. */
  readonly quoted?: true;
}

type JsonScalar = string | number | bigint | boolean;

/** Reads a decimal or `0x` number below 2^width. */
export function parseNumber(text: string, width: number): bigint | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >> BigInt(width) === 0n ? value : undefined;
}

/** A whole number as nft's JSON has it: with a sign in 64 bits, beyond them in hexadecimal. */
export function integerJson(value: bigint): string | number | bigint {
  if (value >> 64n !== 0n) return `0x${value.toString(16)}`;
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** A type of plain numbers, with names for some of them. */
export function numberType(
  name: string,
  label: string,
  width: number,
  constants?: Readonly<Record<string, number>>,
  options: { readonly hex?: true; readonly bitmask?: true } = {},
): DataType {
  const named = new Map(Object.entries(constants ?? {}).map(([word, value]) => [word, BigInt(value)]));
  const names = new Map([...named].toReversed().map(([word, value]) => [value, word]));
  const digits = (value: bigint): string => (options.hex ? `0x${value.toString(16)}` : value.toString());
  return {
    name,
    label,
    width,
    parse: (text) => named.get(text) ?? parseNumber(text, width),
    format: (value) => names.get(value) ?? digits(value),
    toJson: (value) => names.get(value) ?? integerJson(value),
    ...(constants && { constants: named }),
    ...(options.bitmask && { bitmask: true }),
  };
}
