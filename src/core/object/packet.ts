// `secmark` and `synproxy`: what rules do to packets in a way that is said once.
import { integer8, integer16 } from '../datatype/types.ts';
import { wholeNumber } from '../match/byte-size.ts';
import { byteLength, quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonArray, type JsonObject } from '../nft/json-value.ts';
import { defineObject } from './define.ts';

/** The kernel's NFT_SECMARK_CTX_MAXLEN, without the final NUL. */
const longestContext = 4095;

/** include/uapi/linux/netfilter/xt_SECMARK.h: SECMARK_SECCTX_MAX, without the final NUL. */
const longestTargetContext = 255;

function isContext(text: string | undefined): text is string {
  return text !== undefined && text !== '' && byteLength(text) <= longestContext;
}

export const secmarkObject = defineObject<{ readonly context: string }>({
  kind: 'secmark',
  summary:
    'A security label: `secmark ssh "system_u:object_r:ssh_packet_t:s0"`, given by `meta secmark set "ssh"`.',
  read: (reader) => {
    const context = reader.text();
    if (context === undefined || isContext(context)) return context === undefined ? undefined : { context };
    return reader.refuse('HK3011', `the label is empty or has more than ${longestContext} bytes`);
  },
  write: ({ context }) => [quote(context)],
  alone: ({ context }) =>
    byteLength(context) <= longestTargetContext ? { key: 'SECMARK', args: { context } } : undefined,
  nft: {
    write: ({ context }) => ({ context }),
    read: ({ context, ...others }) =>
      typeof context === 'string' && isContext(context) && Object.keys(others).length === 0
        ? { context }
        : undefined,
  },
});

/** A size or factor of 0 is none. */
interface Synproxy {
  readonly mss: bigint;
  readonly wscale: bigint;
  /** In this order. */
  readonly flags: readonly Flag[];
}

const flags = ['timestamp', 'sack-perm'] as const;
type Flag = (typeof flags)[number];

export const synproxyObject = defineObject<Synproxy>({
  kind: 'synproxy',
  usesConntrack: true,
  summary:
    'How a SYN proxy answers: `synproxy fast { mss 1460; wscale 7; timestamp sack-perm }`, used by `synproxy name "fast"`.',
  read: readSynproxy,
  write: ({ mss, wscale, flags: given }) =>
    [
      ...(mss === 0n ? [] : [`mss ${mss}`]),
      ...(wscale === 0n ? [] : [`wscale ${wscale}`]),
      given.join(' '),
    ].filter(Boolean),
  alone: ({ mss, wscale, flags: given }) => ({
    key: 'synproxy',
    args: {
      ...(mss !== 0n && { mss }),
      ...(wscale !== 0n && { wscale }),
      ...Object.fromEntries(given.map((flag) => [flag, true])),
    },
  }),
  nft: {
    write: ({ mss, wscale, flags: given }) => ({
      mss: Number(mss),
      wscale: Number(wscale),
      ...(given.length > 0 && { flags: given }),
    }),
    read: synproxyFromJson,
    unreadable: () => 'takes no synproxy object',
  },
});

function readSynproxy(reader: TermReader): Synproxy | undefined {
  const sizes = { mss: 0n, wscale: 0n };
  const given = new Set<Flag>();
  for (let word = nextWord(reader); word !== undefined; word = nextWord(reader)) {
    if (word !== 'mss' && word !== 'wscale') {
      given.add(word);
      continue;
    }
    const size = reader.single(word === 'mss' ? integer16 : integer8);
    if (size === undefined) return undefined;
    sizes[word] = size;
  }
  return { ...sizes, flags: flags.filter((flag) => given.has(flag)) };
}

function nextWord(reader: TermReader): Flag | 'mss' | 'wscale' | undefined {
  return reader.word('mss', 'wscale', ...flags);
}

function synproxyFromJson(body: JsonObject): Synproxy | undefined {
  const { mss: size = 0, wscale: factor = 0, flags: listed = [], ...others } = body;
  const mss = wholeNumber(size);
  const wscale = wholeNumber(factor);
  const names = isJsonArray(listed) ? listed : [listed];
  const known = flags.filter((flag) => names.includes(flag));
  if (mss === undefined || wscale === undefined || Object.keys(others).length > 0) return undefined;
  return known.length === names.length ? { mss, wscale, flags: known } : undefined;
}
