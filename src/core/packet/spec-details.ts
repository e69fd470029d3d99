// Reads what follows the addresses of a packet spec: flags, types, and details such as `ttl 63` in any order.
import { type DataType, numberType } from '../datatype/define.ts';
import { milliseconds } from '../datatype/milliseconds.ts';
import { dscp, groupId, integer8, integer16, mark, packetType, tcpFlags, userId } from '../datatype/types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { icmpCodes, icmpTypes, isIcmpError } from './icmp-kind.ts';
import { parseBytes, parseMac } from './link-text.ts';
import type { Injection, Packet, VlanTag } from './packet.ts';
import { type Cursor, complain, missing, peek, take, takeIf, type Word } from './spec-cursor.ts';
import { hasPorts } from './spec-endpoint.ts';
import {
  type AnyHead,
  anyPacket,
  arpOnly,
  type Head,
  icmpOnly,
  ipOnly,
  ipv4Only,
  numberedOnly,
  outermost,
  receivedOnly,
  type Scope,
  sentOnly,
  tcpOnly,
  tracked,
  withLink,
} from './spec-scope.ts';
import { readTagWord, tagWords } from './spec-tag.ts';

/** The details that were given. */
export interface Details {
  readonly numbers: ReadonlyMap<string, number>;
  /** `df`, `mf`, `bad-checksum`. */
  readonly flags: ReadonlySet<string>;
  readonly tcpFlags?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly inner?: Packet;
  readonly macs: ReadonlyMap<MacEnd, bigint>;
  readonly tags: readonly VlanTag[];
  readonly payload?: Uint8Array;
  readonly state?: ConnectionState;
}

/** The ends of the frame, and those that ARP speaks of. */
type MacEnd = 'source' | 'destination' | 'sender' | 'target';

type ConnectionState = NonNullable<Injection['state']>;

/** Details while they are being read. */
type Draft = { -readonly [Key in keyof Details]: Details[Key] } & {
  numbers: Map<string, number>;
  flags: Set<string>;
  macs: Map<MacEnd, bigint>;
  tags: VlanTag[];
};

interface NumberDetail {
  readonly type: DataType;
  readonly scope: Scope;
}

const integer32 = numberType('integer', 'a number up to 4294967295', 32);

/** Details that are numbers, or names of numbers. `seq` is TCP's or ICMP's. */
const numberDetails: ReadonlyMap<string, NumberDetail> = new Map([
  ['ttl', { type: integer8, scope: ipOnly }],
  ['len', { type: integer16, scope: anyPacket }],
  ['dscp', { type: dscp, scope: ipOnly }],
  // `ecn` alone is a TCP flag.
  ['ecn-bits', { type: numberType('ecn', 'a number up to 3', 2), scope: ipOnly }],
  ['frag', { type: numberType('frag-off', 'a number up to 8191', 13), scope: ipOnly }],
  ['ipid', { type: integer16, scope: ipv4Only }],
  ['seq', { type: integer32, scope: numberedOnly }],
  ['ack-seq', { type: integer32, scope: tcpOnly }],
  ['window', { type: integer16, scope: tcpOnly }],
  ['id', { type: integer16, scope: icmpOnly }],
  ['mark', { type: mark, scope: outermost }],
  ['uid', { type: userId, scope: sentOnly }],
  ['gid', { type: groupId, scope: sentOnly }],
  ['pkttype', { type: packetType, scope: receivedOnly }],
  ['after', { type: milliseconds, scope: outermost }],
]);

const states: readonly ConnectionState[] = ['new', 'established', 'related', 'invalid', 'untracked'];

const flagBits: ReadonlyMap<string, number> = new Map([
  ...[...(tcpFlags.constants ?? [])].map(([name, bit]): [string, number] => [name, Number(bit)]),
  ['ece', 64],
  ['none', 0],
]);

/** Reads details up to the end of the text, or to a closing parenthesis. */
export function parseDetails(
  cursor: Cursor,
  head: AnyHead,
  parseInner: () => Packet | undefined = () => undefined,
): Details {
  const draft: Draft = { numbers: new Map(), flags: new Set(), macs: new Map(), tags: [] };
  for (let word = peek(cursor); word && word.text !== ')'; word = peek(cursor)) {
    take(cursor);
    parseDetail({ cursor, head, draft, word, parseInner });
  }
  if (!('frame' in head)) checkPorts(cursor, head, draft);
  return draft;
}

/** Of a frame without IP it is none. */
function protocolOf(head: AnyHead): number {
  return 'frame' in head ? -1 : head.protocol;
}

/** Everything that reading one detail needs. */
interface Context {
  readonly cursor: Cursor;
  readonly head: AnyHead;
  readonly draft: Draft;
  readonly word: Word;
  readonly parseInner: () => Packet | undefined;
}

/** Details that are neither numbers nor flags nor types. */
const otherDetails: ReadonlyMap<
  string,
  { readonly scope: Scope; readonly parse: (context: Context) => void }
> = new Map([
  ['df', { scope: ipv4Only, parse: ({ draft }: Context) => void draft.flags.add('df') }],
  ['bad-checksum', { scope: ipOnly, parse: ({ draft }: Context) => void draft.flags.add('bad-checksum') }],
  ['mf', { scope: ipOnly, parse: ({ draft }: Context) => void draft.flags.add('mf') }],
  ['state', { scope: tracked, parse: parseState }],
  ...tagWords.map((word) => [word, { scope: withLink, parse: parseTag }] as const),
  ['mac', { scope: withLink, parse: (context: Context) => parseMacs(context, 'source') }],
  ['dmac', { scope: withLink, parse: (context: Context) => parseMacs(context, 'destination') }],
  ['sender-mac', { scope: arpOnly, parse: (context: Context) => parseMacs(context, 'sender') }],
  ['target-mac', { scope: arpOnly, parse: (context: Context) => parseMacs(context, 'target') }],
  ['payload', { scope: anyPacket, parse: parsePayload }],
  ['inner', { scope: icmpOnly, parse: parseInnerPacket }],
]);

function parseDetail(context: Context): void {
  const { cursor, head, draft, word } = context;
  const key = word.text === 'hl' ? 'ttl' : word.text;
  const number = numberDetails.get(key);
  const other = otherDetails.get(key);
  const scope = (number ?? other)?.scope;
  if (scope && !scope.holds(head))
    complain(cursor, 'HK6007', `only ${scope.words} have \`${word.text}\``, word.span);
  if (number) parseNumberDetail(context, key, number.type);
  else if (other) other.parse(context);
  else if (tcpOnly.holds(head) && isFlags(word.text)) addFlags(draft, word.text);
  else if (icmpOnly.holds(head)) parseIcmpType(context);
  else unknownDetail(context);
}

function parseNumberDetail({ cursor, draft, word }: Context, key: string, type: DataType): undefined {
  const value = take(cursor);
  if (!value) return missing(cursor, `${type.label} for \`${word.text}\``);
  const number = type.parse(value.text);
  if (number === undefined) {
    const help =
      nearestWord(value.text, type.constants?.keys() ?? []) ?? `\`${word.text}\` takes ${type.label}`;
    return complain(cursor, 'HK6006', `\`${value.text}\` is not ${type.label}`, value.span, help);
  }
  if (draft.numbers.has(key)) return complain(cursor, 'HK6007', `\`${word.text}\` is given twice`, word.span);
  draft.numbers.set(key, Number(number));
}

function isFlags(text: string): boolean {
  return text.split(/[,/|]/).every((name) => flagBits.has(name));
}

function addFlags(draft: Draft, text: string): void {
  for (const name of text.split(/[,/|]/)) draft.tcpFlags = (draft.tcpFlags ?? 0) | (flagBits.get(name) ?? 0);
}

function parseTag({ cursor, draft, word }: Context): void {
  const tags = readTagWord(cursor, word, draft.tags);
  if (tags) draft.tags = [...tags];
}

function parseState({ cursor, draft }: Context): undefined {
  const word = take(cursor);
  if (!word) return missing(cursor, 'a connection state', states.join(', '));
  const state = states.find((one) => one === word.text);
  if (state) draft.state = state;
  else
    complain(
      cursor,
      'HK6006',
      `\`${word.text}\` is no connection state`,
      word.span,
      nearestWord(word.text, states) ?? states.join(', '),
    );
}

function parseMacs({ cursor, draft }: Context, end: MacEnd): undefined {
  const word = take(cursor);
  const address = word && parseMac(word.text);
  if (!word) return missing(cursor, 'a MAC address', 'for example `mac 02:00:00:00:00:01`');
  if (address === undefined)
    return complain(cursor, 'HK6006', `\`${word.text}\` is no MAC address`, word.span);
  draft.macs.set(end, address);
}

function parsePayload({ cursor, draft }: Context): undefined {
  const word = take(cursor);
  const bytes = word && parseBytes(word.text);
  if (!word) return missing(cursor, 'the bytes of the payload', 'for example `payload 0xcafe`');
  if (!bytes)
    return complain(
      cursor,
      'HK6006',
      `\`${word.text}\` is no list of bytes`,
      word.span,
      'write `0x` and two digits for each byte',
    );
  draft.payload = bytes;
}

function parseInnerPacket({ cursor, head, draft, parseInner, word }: Context): void {
  const { type = 8, code = 0 } = draft.icmp ?? {};
  if (!isIcmpError(protocolOf(head), type) || !draft.icmp) {
    const message = `an ICMP message of type ${type}, code ${code} speaks of no other packet`;
    complain(
      cursor,
      'HK6007',
      message,
      word.span,
      'say the type before: `destination-unreachable/port-unreachable inner ( … )`',
    );
  }
  const open =
    takeIf(cursor, '(') ?? missing(cursor, '`(`', 'for example `inner ( udp 10.0.0.1:5 -> 10.0.0.2:53 )`');
  const inner = open && parseInner();
  if (inner && !takeIf(cursor, ')')) missing(cursor, '`)`');
  if (inner) draft.inner = inner;
}

/** `echo-request`, `8`, `3/1`, `destination-unreachable/port-unreachable`. */
function parseIcmpType(context: Context): undefined {
  const { cursor, head, draft, word } = context;
  const [typeText = '', codeText = '0', ...rest] = word.text.split('/');
  const types = icmpTypes(protocolOf(head));
  const type = types.parse(typeText);
  if (type === undefined || rest.length > 0) return unknownDetail(context);
  const codes = icmpCodes(protocolOf(head), Number(type));
  const code = codes.parse(codeText);
  if (code === undefined) {
    const help = nearestWord(codeText, codes.constants?.keys() ?? []) ?? 'a code is a number from 0 to 255';
    return complain(cursor, 'HK6006', `\`${codeText}\` is no code of \`${typeText}\``, word.span, help);
  }
  if (draft.icmp) return complain(cursor, 'HK6007', 'the ICMP type is given twice', word.span);
  draft.icmp = { type: Number(type), code: Number(code) };
}

function unknownDetail({ cursor, head, word }: Context): undefined {
  const names = [...numberDetails.keys(), ...otherDetails.keys()];
  if (tcpOnly.holds(head)) names.push(...flagBits.keys());
  if (icmpOnly.holds(head)) names.push(...(icmpTypes(protocolOf(head)).constants?.keys() ?? []));
  const some = names.slice(0, 12).map((name) => `\`${name}\``);
  const help = nearestWord(word.text, names) ?? `known are ${some.join(', ')} and others`;
  complain(cursor, 'HK6002', `\`${word.text}\` is no detail of a packet`, word.span, help);
}

/** Ports are in the first fragment only; what has ports is nothing without the destination's. */
function checkPorts(cursor: Cursor, { protocol, source, destination }: Head, draft: Draft): void {
  const later = (draft.numbers.get('frag') ?? 0) > 0;
  const given = [source, destination].find((end) => end.port !== undefined);
  if (later && given) {
    complain(
      cursor,
      'HK6004',
      'a later fragment has no ports',
      given.span,
      'leave the ports out, or say `mf` for the first one',
    );
  }
  if (later || !hasPorts(protocol) || destination.port !== undefined) return;
  const example = destination.address.family === 4 ? '203.0.113.1:443' : '[2001:db8::1]:443';
  complain(
    cursor,
    'HK6004',
    'the destination has no port',
    destination.span,
    `write it behind the address: \`${example}\``,
  );
}
