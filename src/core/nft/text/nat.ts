// The statements that send a packet elsewhere, in nft text.
import type { Expression } from '../schema/expression.ts';
import { expressionText } from './expression.ts';
import { listOf, phrase, word } from './words.ts';

/** Where to, as several statements have it. */
export interface Target {
  readonly family?: string | undefined;
  readonly addr?: Expression | undefined;
  readonly port?: Expression | undefined;
  readonly flags?: string | readonly string[] | undefined;
  readonly type_flags?: string | readonly string[] | undefined;
}

/** `snat`, `dnat`, `masquerade`, `redirect` and `tproxy` with what follows. */
export function natText(keyword: string, target: Target | null): string {
  if (!target) return keyword;
  const { family, addr, port, flags, type_flags: typeFlags } = target;
  const place = `${addr === undefined ? '' : addressText(addr, port !== undefined)}${port === undefined ? '' : `:${expressionText(port)}`}`;
  const isPrefix = listOf(typeFlags).includes('prefix');
  return phrase(
    keyword,
    // nft refuses a family that is given without an address.
    family !== undefined && (addr !== undefined || keyword === 'tproxy') && word(family),
    isPrefix && 'prefix',
    place !== '' && `to ${place}`,
    // `netmap` is what nft makes of `prefix` by itself.
    listOf(flags)
      .filter((flag) => flag !== 'netmap')
      .map(word)
      .join(','),
  );
}

function addressText(address: Expression, hasPort: boolean): string {
  const text = expressionText(address);
  return hasPort && typeof address === 'string' && text.includes(':')
    ? `[${text}]`
    : bracketed(address, text, hasPort);
}

/** A range of IPv6 addresses has brackets at both ends. */
function bracketed(address: Expression, text: string, hasPort: boolean): string {
  const isRange = typeof address === 'object' && 'range' in address;
  return hasPort && isRange && text.includes(':')
    ? text
        .split('-')
        .map((one) => `[${one}]`)
        .join('-')
    : text;
}
