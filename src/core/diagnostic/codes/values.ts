// Codes HK3xxx: values and their types.
import { codes } from '../entry.ts';

/** Problems with a value. */
export const valueCodes = codes({
  HK3001: {
    title: 'invalid address',
    severity: 'error',
    help: 'for example `10.0.0.1` or `2001:db8::1`',
    explanation:
      'An IPv4 address is four numbers from 0 to 255, an IPv6 address eight groups of hexadecimal digits, `::` standing for one run of zeros. Hookline never asks DNS for what does not look like one.',
  },
  HK3002: {
    title: 'invalid prefix length',
    severity: 'error',
    explanation: 'A prefix has at most 32 bits in IPv4 and 128 in IPv6, written as a number behind a slash.',
  },
  HK3003: {
    title: 'reversed range',
    severity: 'error',
    explanation: 'A range is written from its lowest to its highest value; this one would hold nothing.',
  },
  HK3004: {
    title: 'prefix with host bits',
    severity: 'warning',
    explanation:
      'Bits behind the prefix length are set. They do not count: the prefix means the whole network, as in nft and iptables.',
  },
  HK3005: {
    title: 'number out of range',
    severity: 'error',
    explanation: 'The number does not fit in the field that it is compared with or written to.',
  },
  HK3006: {
    title: 'unknown value',
    severity: 'error',
    help: 'define it with `let NAME = VALUE`, or write the value',
    explanation: 'The word is neither a value of the expected type nor a constant that a `let` defines.',
  },
  HK3007: {
    title: 'wrong type',
    severity: 'error',
    help: 'write a value of that type',
    explanation: 'The value is of another type than the match or statement before it takes.',
  },
  HK3008: {
    title: 'invalid interface name',
    severity: 'error',
    help: 'the kernel takes 1 to 15 bytes without blanks, `/` and `:`; a `*` at the end stands for any rest',
    explanation:
      'The name of an interface has 1 to 15 bytes, without blanks, control characters, `/` or `:` (net/core/dev.c: dev_valid_name). A `*` at the end stands for any rest.',
  },
  HK3009: {
    title: 'value missing',
    severity: 'error',
    help: 'write the value behind what needs it',
    explanation: 'A value is expected here, and something else, or the end of the rule, was found.',
  },
  HK3010: {
    title: 'invalid comparison',
    severity: 'error',
    explanation:
      'This match cannot be compared in this way: names have no order, so that `<` and `>` say nothing of them, and a mask needs bits. What it takes is on the page of matches, with an example for each form.',
  },
  HK3011: {
    title: 'text too long',
    severity: 'error',
    help: 'shorten it',
    explanation: 'The kernel or the tools keep only so many bytes of this text; the rest would be lost.',
  },
  HK3012: {
    title: 'invalid rate',
    severity: 'error',
    help: 'for example `10/minute` or `512 kbytes/second`',
    explanation:
      'A rate is a number above zero per second, minute, hour, day or week, of packets or of bytes: `10/minute`, `512 kbytes/second`.',
  },
  HK3013: {
    title: 'empty set',
    severity: 'error',
    help: 'write its elements, or leave the condition out',
    explanation:
      'A set without elements matches nothing. It is allowed with a name and a type, where it is surely meant; elsewhere, write the elements.',
  },
  HK3014: {
    title: 'overlapping elements',
    severity: 'warning',
    help: 'leave one of them out',
    explanation: 'An element is in the set already, as itself or as part of a larger one.',
  },
  HK3015: {
    title: 'unknown set type',
    severity: 'error',
    explanation:
      'The type of a set is `address` (both families), `ipv4_addr`, `ipv6_addr`, `port`, `interface`, `mark` or `protocol`. It is found from the elements if it is not given.',
  },
  HK3016: {
    title: 'family of the address',
    severity: 'error',
    help: 'use an address of that version, or a table of family `inet`',
    explanation: 'The address is of an IP version that the table or the match before it excludes.',
  },
  HK3017: {
    title: 'invalid combination of options',
    severity: 'error',
    help: 'leave out what does not go together',
    explanation: 'The options of this statement exclude each other, or one that it needs is missing.',
  },
  HK3018: {
    title: 'constant too large',
    severity: 'error',
    help: 'write the elements as a set with a name',
    explanation:
      'Constants may hold other constants, but one rule opens at most 20000 of them and at most 100 inside each other. All rules of a file together open at most 20000 that stand in others, and ten more for each of its characters. Write the elements as a set with a name.',
  },
});
