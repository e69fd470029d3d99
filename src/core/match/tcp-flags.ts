// `tcp flags`: the flags of a TCP header.
import { tcpFlags } from '../datatype/types.ts';
import { tcpFlagBits } from '../field/transport.ts';
import { protocolNumber } from '../packet/packet.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { simplify, singleValue } from './field-simplify.ts';
import { eachItem, fewValues, moduleOption, unsupported } from './iptables-condition.ts';
import type { Condition, GivenOption, Words } from './iptables-spelling.ts';

const protocol = protocolNumber.tcp;

/** The flags that `--tcp-flags` knows, as it orders them; it has no ECE and CWR. */
const names = new Map([
  ['FIN', 1n],
  ['SYN', 2n],
  ['RST', 4n],
  ['PSH', 8n],
  ['ACK', 16n],
  ['URG', 32n],
]);
const known = 0x3fn;
const synMask = 0x17n;
const syn = 2n;

export const tcpFlagsMatch = defineFieldMatch({
  key: 'tcp flags',
  summary:
    'The flags of a TCP header: any of those listed; `syn / syn,ack` looks at syn and ack and wants only syn.',
  field: tcpFlagBits,
  nft: { payload: { protocol: 'tcp', field: 'flags' } },
  iptables: {
    write: writeFlags,
    readers: [
      {
        module: 'tcp',
        options: { '--tcp-flags': 2 },
        takes: 'each',
        read: ([given]) => given && readFlags(given),
      },
      {
        module: 'tcp',
        options: { '--syn': 0 },
        takes: 'each',
        read: ([given]) => given && maskTest(given.negated, synMask, syn),
      },
    ],
  },
});

function writeFlags(test: FieldTest): Condition {
  const bits = singleValue(test);
  if (bits !== undefined && (test.op === 'any' || test.op === 'none')) return writeBits(test.op, bits);
  if (test.mask === undefined && (test.op === '==' || test.op === '!='))
    return {
      kind: 'unsupported',
      why: "iptables' `--tcp-flags` doesn't see the flags ecn and cwr, so it can't compare all flags",
      help: 'say which flags count: `tcp flags syn / fin,syn,rst,psh,ack,urg`',
    };
  return writeMasked(test);
}

function writeBits(op: 'any' | 'none', bits: bigint): Condition {
  if ((bits & ~known) !== 0n) return unseen;
  if (bits === 0n) return op === 'any' ? { kind: 'never' } : { kind: 'any', alternatives: [[]], protocol };
  const words = flagWords(op === 'any', bits, 0n);
  return { kind: 'any', alternatives: [[words]], protocol };
}

function writeMasked(test: FieldTest): Condition {
  const { mask, value, op } = test;
  if (mask === undefined || value.kind !== 'ranges' || (op !== '==' && op !== '!='))
    return unsupported('tcp flags', test);
  if ((mask & ~known) !== 0n) return unseen;
  const values = fewValues(value.ranges, 64)?.filter((bits) => (bits & ~mask) === 0n);
  if (!values) return unsupported('tcp flags', test);
  const negated = op === '!=';
  return eachItem(values, { negated, protocol }, (bits) => flagWords(negated, mask, bits));
}

const unseen: Condition = {
  kind: 'unsupported',
  why: "iptables' `--tcp-flags` doesn't see the flags ecn and cwr",
};

function flagWords(negated: boolean, mask: bigint, bits: bigint): Words {
  return moduleOption('tcp', negated, '--tcp-flags', nameFlags(mask), nameFlags(bits));
}

function nameFlags(bits: bigint): string {
  const listed = [...names].filter(([, bit]) => (bits & bit) !== 0n).map(([name]) => name);
  return listed.join(',') || 'NONE';
}

function readFlags({ negated, words: [maskText = '', bitsText = ''] }: GivenOption): FieldTest | undefined {
  const mask = parseFlags(maskText);
  const bits = parseFlags(bitsText);
  return mask === undefined || bits === undefined ? undefined : maskTest(negated, mask, bits);
}

function maskTest(negated: boolean, mask: bigint, bits: bigint): FieldTest {
  return simplify(tcpFlags, {
    op: negated ? '!=' : '==',
    mask,
    value: { kind: 'ranges', ranges: [{ lo: bits, hi: bits }] },
  });
}

function parseFlags(text: string): bigint | undefined {
  if (text === 'ALL') return known;
  if (text === 'NONE') return 0n;
  return text
    .split(',')
    .map((name) => names.get(name.toUpperCase()))
    .reduce((sum, bit) => (sum === undefined || bit === undefined ? undefined : sum | bit), 0n);
}
