// What each option of `conntrack` says. A reader puts it into the draft, or says what is wrong with the value.

import { ctStatus } from '../conntrack/entry.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { NatSide, Selection } from './command.ts';
import type { Draft } from './draft.ts';
import { protocolNamed } from './given.ts';
import type { OptionName } from './options.ts';
import { stateNamed } from './states.ts';
import {
  nameBegunBy,
  type Read,
  readAddress,
  readEndpoint,
  readMasked,
  readNames,
  readNumber,
} from './values.ts';

/** Reads the value of an option into the draft; the result is what is wrong. An option without a value has ''. */
export type Reader = (draft: Draft, value: string) => string | undefined;

function into<Value>(draft: Draft, read: Read<Value>, put: (value: Value) => void): string | undefined {
  if ('problem' in read) return read.problem;
  if (read.rest !== undefined) draft.ignored.push(read.rest);
  put(read.value);
  return undefined;
}

function number(
  most: number,
  base: 0 | 10,
  put: (selection: Draft['selection'], value: number) => void,
): Reader {
  return (draft, word) => into(draft, readNumber(word, most, base), (value) => put(draft.selection, value));
}

type EndsName = 'original' | 'reply' | 'expected' | 'expectedMask' | 'masks';

const port = (ends: EndsName, end: 'sourceKey' | 'destinationKey'): Reader =>
  number(0xff_ff, 10, (selection, value) => {
    selection[ends][end] = value;
  });

const key = (ends: EndsName, end: 'sourceKey' | 'destinationKey'): Reader =>
  number(0xff_ff, 0, (selection, value) => {
    selection[ends][end] = value;
  });

/** An address, whose family all others of the command share; only some take a prefix. */
function address(ends: EndsName, end: 'source' | 'destination', prefix?: EndsName): Reader {
  return (draft, word) => {
    const read = readAddress(word);
    if ('problem' in read) return read.problem;
    const { value, family, mask } = read.value;
    if (prefix === undefined && word.includes('/'))
      return `\`${word}\` has a prefix, which can't be said here`;
    const problem = setFamily(draft, family, word);
    if (problem !== undefined) return problem;
    draft.selection[ends][end] = value;
    if (mask !== undefined && prefix) draft.selection[prefix][end] = mask;
    return undefined;
  };
}

function setFamily({ selection }: Draft, family: AddressFamily, word: string): string | undefined {
  if (selection.family !== undefined && selection.family !== family)
    return `\`${word}\` is not of the family that was said before`;
  selection.family = family;
  return undefined;
}

function translated(side: NatSide): Reader {
  return (draft, word) => {
    if (word === '') {
      draft.selection.nat[side] = {};
      return undefined;
    }
    const read = readEndpoint(word);
    if ('problem' in read) return read.problem;
    const { address: to, port: toPort } = read.value;
    draft.selection.nat[side] = { address: to.value, ...(toPort !== undefined && { port: toPort }) };
    return setFamily(draft, to.family, word);
  };
}

const zone = (name: 'zone' | 'originalZone' | 'replyZone'): Reader =>
  number(0xff_ff, 0, (selection, value) => {
    selection[name] = value;
  });

const icmp = (name: keyof Selection['icmp'], most: number): Reader =>
  number(most, 10, (selection, value) => {
    selection.icmp[name] = value;
  });

/** Bits by their names in `-u`; NAT has options of its own. */
const statusBits = {
  ASSURED: ctStatus.assured,
  SEEN_REPLY: ctStatus['seen-reply'],
  UNSET: 0,
  FIXED_TIMEOUT: ctStatus['fixed-timeout'],
  EXPECTED: ctStatus.expected,
  OFFLOAD: ctStatus.offload,
  HW_OFFLOAD: ctStatus['hw-offload'],
} as const;

const statusNames = [
  'ASSURED',
  'SEEN_REPLY',
  'UNSET',
  'FIXED_TIMEOUT',
  'EXPECTED',
  'OFFLOAD',
  'HW_OFFLOAD',
] as const;

/** `ASSURED,!SEEN_REPLY`; `UNREPLIED` is another word for `!SEEN_REPLY`. */
const status: Reader = ({ selection }, word) => {
  let { set, unset } = selection.status ?? { set: 0, unset: 0 };
  for (const part of word.split(',')) {
    if (/^(?:SRC|DST)_NAT$/i.test(part)) return `\`${part}\` is said by \`--src-nat\` or \`--dst-nat\``;
    const isNegated = part.startsWith('!') || part === 'UNREPLIED';
    const read = readNames(part === 'UNREPLIED' ? 'SEEN_REPLY' : part.replace(/^!/, ''), statusNames);
    if ('problem' in read) return read.problem;
    for (const name of read.value) {
      if (isNegated) unset |= statusBits[name];
      else set |= statusBits[name];
    }
  }
  selection.status = { set, unset };
  return undefined;
};

const mark: Reader = (draft, word) =>
  into(draft, readMasked(word), (value) => {
    draft.selection.mark = value;
  });

const family: Reader = (draft, word) => {
  const found = word.startsWith('ipv4') ? 4 : word.startsWith('ipv6') ? 6 : undefined;
  return found === undefined ? `\`${word}\` is neither ipv4 nor ipv6` : setFamily(draft, found, word);
};

const protocol: Reader = ({ selection }, word) => {
  const found = protocolNamed(word);
  if (found === undefined) return `\`${word}\` is no protocol`;
  selection.protocol = found;
  return undefined;
};

const state: Reader = ({ selection }, word) => {
  const found = stateNamed(word, selection.protocol);
  if (found === undefined) return `\`${word}\` is no state of this protocol`;
  selection.state = found;
  return undefined;
};

const role: Reader = ({ selection }, word) => {
  const found = nameBegunBy(word, ['client', 'server']);
  if (found === undefined) return `\`${word}\` is neither client nor server`;
  selection.role = found;
  return undefined;
};

const outputs = ['xml', 'extended', 'timestamp', 'id', 'ktimestamp', 'labels', 'userspace', 'save'] as const;

const output: Reader = (draft, word) =>
  into(draft, readNames(word, outputs), (names) => {
    draft.output = [...draft.output, ...names];
  }) ?? saveAlone(draft.output);

function saveAlone(names: readonly string[]): string | undefined {
  const others = names.filter((name) => name !== 'save' && name !== 'userspace');
  return names.includes('save') && others.length > 0
    ? `\`-o save\` goes with no other form, not with \`${others.join(',')}\``
    : undefined;
}

const events: Reader = (draft, word) =>
  into(draft, readNames(word, ['ALL', 'NEW', 'UPDATES', 'DESTROY']), (names) => {
    const all = names.flatMap((name) => (name === 'ALL' ? (['NEW', 'UPDATES', 'DESTROY'] as const) : name));
    draft.events = [...new Set([...draft.events, ...all])];
  });

const labels = (put: (selection: Draft['selection'], names: readonly string[]) => void): Reader => {
  return ({ selection }, word) => {
    put(selection, word === '' ? [] : word.split(','));
    return selection.labelsAdded.length > 0 && selection.labelsDeleted !== undefined
      ? '`--label-add` and `--label-del` do not go together'
      : undefined;
  };
};

const passedOver: Reader = ({ ignored }, word) => {
  ignored.push(word);
  return undefined;
};

/** What each option says. */
export const readers: Readonly<Record<OptionName, Reader>> = {
  src: address('original', 'source', 'masks'),
  dst: address('original', 'destination', 'masks'),
  'reply-src': address('reply', 'source'),
  'reply-dst': address('reply', 'destination'),
  'mask-src': address('masks', 'source'),
  'mask-dst': address('masks', 'destination'),
  'tuple-src': address('expected', 'source', 'masks'),
  'tuple-dst': address('expected', 'destination', 'masks'),
  protonum: protocol,
  timeout: number(0xff_ff_ff_ff, 10, (selection, value) => {
    selection.timeout = value;
  }),
  status,
  zero: (draft) => {
    draft.zero = true;
    return undefined;
  },
  'event-mask': events,
  'nat-range': passedOver,
  mark,
  id: number(0xff_ff_ff_ff, 0, (selection, value) => {
    selection.id = value;
  }),
  family,
  'src-nat': translated('source'),
  'dst-nat': translated('destination'),
  'any-nat': translated('any'),
  output,
  secmark: number(0xff_ff_ff_ff, 0, (selection, value) => {
    selection.secmark = value;
  }),
  'buffer-size': (draft, word) => into(draft, readNumber(word, Number.MAX_SAFE_INTEGER, 10), () => {}),
  zone: zone('zone'),
  'orig-zone': zone('originalZone'),
  'reply-zone': zone('replyZone'),
  label: labels((selection, names) => {
    selection.labels = [...selection.labels, ...names];
  }),
  'label-add': labels((selection, names) => {
    selection.labelsAdded = [...selection.labelsAdded, ...names];
  }),
  'label-del': labels((selection, names) => {
    selection.labelsDeleted = names.length === 0 ? 'all' : names;
  }),
  sport: port('original', 'sourceKey'),
  dport: port('original', 'destinationKey'),
  'reply-port-src': port('reply', 'sourceKey'),
  'reply-port-dst': port('reply', 'destinationKey'),
  'mask-port-src': port('expectedMask', 'sourceKey'),
  'mask-port-dst': port('expectedMask', 'destinationKey'),
  'tuple-port-src': port('expected', 'sourceKey'),
  'tuple-port-dst': port('expected', 'destinationKey'),
  srckey: key('original', 'sourceKey'),
  dstkey: key('original', 'destinationKey'),
  'reply-key-src': key('reply', 'sourceKey'),
  'reply-key-dst': key('reply', 'destinationKey'),
  'mask-key-src': key('expectedMask', 'sourceKey'),
  'mask-key-dst': key('expectedMask', 'destinationKey'),
  'tuple-key-src': key('expected', 'sourceKey'),
  'tuple-key-dst': key('expected', 'destinationKey'),
  state,
  'orig-vtag': number(0xff_ff_ff_ff, 10, (selection, value) => {
    selection.tags.original = value;
  }),
  'reply-vtag': number(0xff_ff_ff_ff, 10, (selection, value) => {
    selection.tags.reply = value;
  }),
  role,
  'icmp-type': icmp('type', 0xff),
  'icmp-code': icmp('code', 0xff),
  'icmp-id': icmp('id', 0xff_ff),
  'icmpv6-type': icmp('type', 0xff),
  'icmpv6-code': icmp('code', 0xff),
  'icmpv6-id': icmp('id', 0xff_ff),
};
