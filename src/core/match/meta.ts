// `meta mark`, `meta pkttype`, `meta skuid`, `meta skgid`, and `ct mark`, which iptables spells as it does the mark.
import { mark, packetType, userId } from '../datatype/types.ts';
import { ctMark } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { metaMark, metaPkttype, metaSkgid, metaSkuid } from '../field/meta.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { simplify } from './field-simplify.ts';
import {
  eachItem,
  fewValues,
  type Masked,
  maskedValues,
  moduleOption,
  plainTest,
  unsupported,
} from './iptables-condition.ts';
import type { Condition, GivenOption, IptablesReader } from './iptables-spelling.ts';
import { parseInteger } from './module/value.ts';

const allBits = 0xffffffffn;

function markIptables(module: 'mark' | 'connmark', key: string) {
  return {
    write: (test: FieldTest) => writeMark(test, module, key),
    readers: [markReader(module)],
  };
}

function writeMark(test: FieldTest, module: 'mark' | 'connmark', key: string): Condition {
  const values = maskedValues(test, mark);
  if (!values) return unsupported(key, test);
  // Bits outside the mask are never found.
  const possible = values.filter((one) => (one.value & ~one.mask) === 0n);
  const negated = test.op === '!=';
  return eachItem(possible, { negated }, (value) => moduleOption(module, negated, '--mark', markWord(value)));
}

function markWord({ value, mask }: Masked): string {
  return mask === allBits ? mark.format(value) : `${mark.format(value)}/${mark.format(mask)}`;
}

function markReader(module: 'mark' | 'connmark'): IptablesReader<FieldTest> {
  return {
    module,
    options: { '--mark': 1 },
    takes: 'each',
    complete: true,
    read: ([given]) => {
      const [valueText = '', maskText = '0xffffffff', ...rest] = given?.words[0]?.split('/') ?? [];
      const value = parseInteger(valueText, allBits);
      const bits = parseInteger(maskText, allBits);
      if (!given || value === undefined || bits === undefined || rest.length > 0) return undefined;
      return simplify(mark, { ...singleTest(given, value), mask: bits });
    },
  };
}

function singleTest({ negated }: GivenOption, value: bigint): FieldTest {
  return { op: negated ? '!=' : '==', value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
}

export const metaMarkMatch = defineFieldMatch({
  key: 'meta mark',
  aliases: ['mark'],
  summary: 'The mark of the packet, which only this host knows: `0x1`, or `0x10/0xff` for some of its bits.',
  field: metaMark,
  always: true,
  nft: { meta: { key: 'mark' } },
  iptables: markIptables('mark', 'meta mark'),
});

export const ctMarkMatch = defineFieldMatch({
  key: 'ct mark',
  summary: 'The mark of the connection; a packet without connection never matches.',
  field: ctMark,
  usesConntrack: true,
  nft: { ct: { key: 'mark' } },
  iptables: markIptables('connmark', 'ct mark'),
});

/** As libxt_pkttype.c calls them, in the order of the numbers. */
const packetTypeNames: readonly string[] = ['unicast', 'broadcast', 'multicast', 'otherhost'];

export const metaPkttypeMatch = defineFieldMatch({
  key: 'meta pkttype',
  aliases: ['pkttype'],
  summary: 'To whom the frame was addressed: `host`, `broadcast`, `multicast` or `other`.',
  field: metaPkttype,
  nft: { meta: { key: 'pkttype' } },
  iptables: {
    write: (test) => {
      const plain = plainTest(test, packetType.width);
      const names = plain && fewValues(plain.ranges, 4)?.map((value) => packetTypeNames[Number(value)]);
      const known = names?.filter((name) => name !== undefined);
      if (!plain || !known || known.length !== names?.length) return unsupported('meta pkttype', test);
      const { negated } = plain;
      return eachItem(known, { negated }, (name) => moduleOption('pkttype', negated, '--pkt-type', name));
    },
    readers: [
      {
        module: 'pkttype',
        options: { '--pkt-type': 1 },
        takes: 'each',
        complete: true,
        read: ([given]) => given && readPacketType(given),
      },
    ],
  },
});

/** In capitals or not (extensions/libxt_pkttype.c: pkttype_parse). */
function readPacketType(given: GivenOption): FieldTest | undefined {
  const text = given.words[0]?.toLowerCase();
  const value = text === undefined ? -1 : packetTypeNames.indexOf(text === 'host' ? 'unicast' : text);
  return value < 0 ? undefined : singleTest(given, BigInt(value));
}

function ownerMatch(key: string, field: Field, option: '--uid-owner' | '--gid-owner') {
  return defineFieldMatch({
    key,
    aliases: [key.replace('meta ', '')],
    summary: `The ${option === '--uid-owner' ? 'user' : 'group'} whose socket sent the packet, by number; forwarded packets never match.`,
    field,
    nft: { meta: { key: key.replace('meta ', '') } },
    iptables: {
      write: (test) => writeOwner(test, option, key),
      readers: [ownerReader(option)],
    },
  });
}

/**
 * A negated owner of iptables also matches packets without a socket (net/netfilter/xt_owner.c: owner_mt); nft's does
 * not, so that condition is added.
 */
function writeOwner(test: FieldTest, option: string, key: string): Condition {
  const plain = plainTest(test, userId.width);
  // The tool takes no id of 2^32-1, which stands for none.
  if (!plain || plain.ranges.some(({ hi }) => hi === allBits)) return unsupported(key, test);
  const { negated, ranges } = plain;
  const condition = eachItem(ranges, { negated }, ({ lo, hi }) =>
    moduleOption('owner', negated, option, lo === hi ? `${lo}` : `${lo}-${hi}`),
  );
  if (!negated || condition.kind !== 'any') return condition;
  const exists = moduleOption('owner', false, '--socket-exists');
  return { ...condition, alternatives: condition.alternatives.map((words) => [exists, ...words]) };
}

/** Names of users are another machine's business; negations mean something that nft can't say. */
function ownerReader(option: string): IptablesReader<FieldTest> {
  return {
    module: 'owner',
    options: { [option]: 1 },
    takes: 'each',
    read: ([given], { hook }) => {
      // Where nothing has a socket yet, the module refuses to load.
      if (hook && hook !== 'output' && hook !== 'postrouting') return undefined;
      const [first = '', last = first] = given?.words[0]?.split('-') ?? [];
      const lo = userId.parse(first);
      const hi = userId.parse(last);
      if (!given || given.negated || lo === undefined || hi === undefined || lo > hi) return undefined;
      return { op: '==', value: { kind: 'ranges', ranges: [{ lo, hi }] } };
    },
  };
}

export const metaSkuidMatch = ownerMatch('meta skuid', metaSkuid, '--uid-owner');
export const metaSkgidMatch = ownerMatch('meta skgid', metaSkgid, '--gid-owner');
