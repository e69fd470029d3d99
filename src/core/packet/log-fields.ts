// The words of a kernel log line: `KEY=value`, `KEY:value` and single ones.
import { parseNumber } from '../datatype/define.ts';

/** `KEY=value` and single words of one header; of a key that comes twice the first counts. */
export interface LogFields {
  readonly values: ReadonlyMap<string, string>;
  readonly words: ReadonlySet<string>;
}

/** Splits a text into its words. ulogd writes a blank behind a colon, and none behind INCOMPLETE. */
export function logFields(text: string): LogFields {
  const values = new Map<string, string>();
  const words = new Set<string>();
  for (const token of text
    .replace(/\b(FRAG|ID): /g, '$1:')
    .replace(/INCOMPLETE(?=\w)/, 'INCOMPLETE ')
    .split(' ')) {
    if (token === '') continue;
    const [, key, value = ''] = /^(\w+)[=:](.*)$/.exec(token) ?? [];
    if (key === undefined) words.add(token);
    else if (!values.has(key)) values.set(key, value);
  }
  return { values, words };
}

/** A number of up to `width` bits, in decimal or with `0x`. */
export function logNumber({ values }: LogFields, key: string, width: number): number | undefined {
  return asNumber(parseNumber(values.get(key) ?? '', width));
}

/** A number that is always hexadecimal: the kernel writes `0x` before it, ulogd does not before every one. */
export function logHex({ values }: LogFields, key: string, width: number): number | undefined {
  const digits = (values.get(key) ?? '').replace(/^0x/, '');
  return asNumber(parseNumber(`0x${digits}`, width));
}

function asNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
