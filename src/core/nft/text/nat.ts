// The statements that send a packet elsewhere, in nft text.
import { addressWidth, formatAddress, parseAddress } from '../../datatype/address.ts';
import { prefixRange } from '../../datatype/range.ts';
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

function addressText(given: Expression, hasPort: boolean): string {
  const address = hasPort ? asRange(given) : given;
  const text = expressionText(address);
  return hasPort && typeof address === 'string' && text.includes(':')
    ? `[${text}]`
    : bracketed(address, text, hasPort);
}

/** Before a port nft reads no prefix. */
function asRange(address: Expression): Expression {
  if (typeof address !== 'object' || !('prefix' in address)) return address;
  const { addr, len } = address.prefix;
  const first = typeof addr === 'string' ? parseAddress(addr) : undefined;
  if (!first) return address;
  const { family, value } = first;
  const { lo, hi } = prefixRange(value, len, addressWidth(family));
  return { range: [formatAddress({ family, value: lo }), formatAddress({ family, value: hi })] };
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
