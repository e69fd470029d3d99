// `icmp type`, `icmp code` and their ICMPv6 counterparts.
import { icmpType, icmpv6Type } from '../datatype/types.ts';
import { icmpCodeField, icmpTypeField, icmpv6CodeField, icmpv6TypeField } from '../field/transport.ts';
import { protocolNumber } from '../packet/packet.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { eachItem, fewValues, moduleOption, plainTest, unsupported } from './iptables-condition.ts';
import type { Condition, GivenOption } from './iptables-spelling.ts';

/** What the two protocols are called by the tools. */
const versions = {
  icmp: { module: 'icmp', option: '--icmp-type', family: 'ip', label: 'ICMP', type: icmpType },
  icmpv6: { module: 'icmp6', option: '--icmpv6-type', family: 'ip6', label: 'ICMPv6', type: icmpv6Type },
} as const;

type Version = keyof typeof versions;

function typeMatch(version: Version) {
  const { module, option, label, type } = versions[version];
  return defineFieldMatch({
    key: `${version} type`,
    // In a table of both families `icmp type` stands for either protocol, and this for the one of IPv4.
    ...(version === 'icmp' && { aliases: ['icmpv4 type'] }),
    summary: `The type of an ${label} message.`,
    field: version === 'icmp' ? icmpTypeField : icmpv6TypeField,
    nft: { payload: { protocol: version, field: 'type' } },
    iptables: {
      write: (test, target) =>
        target.family === versions[version].family ? writeType(test, version) : { kind: 'never' },
      readers: [
        {
          module,
          options: { [option]: 1 },
          takes: 'each',
          read: ([given]) => given && readType(given, type),
        },
      ],
    },
  });
}

function writeType(test: FieldTest, version: Version): Condition {
  const { module, option, type } = versions[version];
  const plain = plainTest(test, type.width);
  const values = plain && fewValues(plain.ranges, 256);
  if (!plain || !values) return unsupported(`${version} type`, test);
  // iptables reads the type 255, which nobody has assigned, as any type.
  if (version === 'icmp' && values.includes(255n)) return unsupported('icmp type', test);
  const { negated } = plain;
  return eachItem(values, { negated, protocol: protocolNumber[version] }, (value) =>
    moduleOption(module, negated, option, `${value}`),
  );
}

/** A type with a code, and `any`, are more than a type. */
function readType(
  { negated, words: [text = ''] }: GivenOption,
  type: typeof icmpType,
): FieldTest | undefined {
  const value = /^255$/.test(text) ? undefined : type.parse(text);
  if (value === undefined) return undefined;
  return { op: negated ? '!=' : '==', value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
}

function codeMatch(version: Version) {
  const { option, family, label } = versions[version];
  return defineFieldMatch({
    key: `${version} code`,
    summary: `The code of an ${label} message, whose meaning depends on its type.`,
    field: version === 'icmp' ? icmpCodeField : icmpv6CodeField,
    nft: { payload: { protocol: version, field: 'code' } },
    iptables: {
      write: (_test, target) =>
        target.family === family
          ? { kind: 'unsupported', why: `iptables' \`${option}\` looks at a code only together with a type` }
          : { kind: 'never' },
      readers: [],
    },
  });
}

export const icmpTypeMatch = typeMatch('icmp');
export const icmpCodeMatch = codeMatch('icmp');
export const icmpv6TypeMatch = typeMatch('icmpv6');
export const icmpv6CodeMatch = codeMatch('icmpv6');
