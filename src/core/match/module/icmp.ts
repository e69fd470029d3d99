// `icmp` and `icmp6`: a type of message together with one of its codes, which iptables says in one option.

import { equals } from '../../bdd/vector.ts';
import { icmpType, icmpv6Type } from '../../datatype/types.ts';
import { transportStart, withHeader } from '../../field/parts.ts';
import { bitsOf } from '../../field/symbolic.ts';
import { protocolNumber } from '../../packet/packet.ts';
import { defineModuleMatch, type ValueKind } from './define.ts';
import { icmpCodes, icmpv6Codes } from './icmp-codes.ts';
import { icmpMessage } from './nft-header.ts';
import { max8, oneWord, parseInteger } from './value.ts';

/** A type with one code, by numbers or by its name, or the type `any` (iptables/xshared.c: ipt_parse_icmp). */
function typeAndCode(
  types: typeof icmpType,
  codes: Readonly<Record<string, string>>,
  any: boolean,
): ValueKind {
  return oneWord('an ICMP type, with a code if need be', (word) => {
    const name = word.toLowerCase();
    if (any && (name === 'any' || name.split('/')[0] === '255')) return 'any';
    const named = codes[name];
    if (named !== undefined) return named;
    const [typeText = '', codeText, ...rest] = name.split('/');
    const type = parseInteger(typeText, max8) ?? types.parse(typeText);
    const code = codeText === undefined ? undefined : parseInteger(codeText, max8);
    if (type === undefined || rest.length > 0 || (codeText !== undefined && code === undefined))
      return undefined;
    return code === undefined ? `${type}` : `${type}/${code}`;
  });
}

function icmpMatch(version: 'icmp' | 'icmpv6') {
  const isV4 = version === 'icmp';
  const option = `--${version}-type`;
  const value = isV4 ? typeAndCode(icmpType, icmpCodes, true) : typeAndCode(icmpv6Type, icmpv6Codes, false);
  return defineModuleMatch({
    module: isV4 ? 'icmp' : 'icmp6',
    key: isV4 ? 'icmp-type-code' : 'icmpv6-type-code',
    family: isV4 ? 'ip' : 'ip6',
    summary: `A type and code of ${isV4 ? 'ICMP' : 'ICMPv6'} together: \`${version}-type-code "3/4"\`.`,
    options: [{ option, word: '', value, negatable: true }],
    needs: [[option]],
    protocol: () => protocolNumber[version],
    nft: (settings) => icmpMessage(settings, version),
    truth: ([one], { view }) => {
      const { transport, protocol, untold } = view.packet;
      if (untold !== undefined && transport.kind === 'opaque' && protocol === protocolNumber[version])
        return { result: 'unknown', why: untold };
      if (transport.kind !== 'icmp' || protocol !== protocolNumber[version])
        return { result: false, actual: `no ${version} message` };
      const [word = ''] = one?.value ?? [];
      const actual = `${transport.type}/${transport.code}`;
      const found = word === 'any' || word === actual || word === `${transport.type}`;
      return { result: found !== one?.negated, actual };
    },
    symbolic: ([one], symbols) => {
      const { bdd } = symbols;
      const [type, code] = (one?.value[0] ?? '').split('/');
      const isMessage = withHeader(protocolNumber[version])(symbols);
      const bits = bitsOf(symbols, transportStart);
      const types = type === 'any' ? 1 : equals(bdd, bits.slice(0, 8), BigInt(type ?? 0));
      const codes = code === undefined ? 1 : equals(bdd, bits.slice(8), BigInt(code));
      const found = bdd.and(types, codes);
      return one?.negated ? bdd.minus(isMessage, found) : bdd.and(isMessage, found);
    },
  });
}

export const icmpTypeCodeMatch = icmpMatch('icmp');
export const icmpv6TypeCodeMatch = icmpMatch('icmpv6');
