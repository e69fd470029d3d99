// Parts of a header that may be missing: TCP options, IP options, chunks of SCTP and extension headers of IPv6. Each can be asked for,
// and most have fields. A packet of another protocol has none of them; of its own, a packet here does not tell.
import { existence } from '../../datatype/nft-types.ts';
import type { FieldValue } from '../../field/define.ts';
import { ofVersion, withHeader } from '../../field/parts.ts';
import type { Condition as SymbolicCondition } from '../../field/symbolic.ts';
import type { PacketView } from '../../field/view.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import { extensionHeaders, ipOptions, sctpChunks } from '../../nft/text-import/selector.ts';
import { isIp, protocolNumber } from '../../packet/packet.ts';
import { defineFamily, type MatchFamily } from '../family.ts';
import type { FieldTest } from '../field-match.ts';
import { moduleOption, unsupported } from '../iptables-condition.ts';
import type { Condition, IptablesTarget, Words } from '../iptables-spelling.ts';
import { type NftField, nftFieldMatch, notTold } from './define.ts';
import { presenceCondition, type RangeOption, rangeCondition } from './iptables.ts';
import { bits, typeOf } from './vocabulary.ts';

/** A part, or one of its fields. */
export interface Part {
  readonly name: string;
  readonly field?: string;
}

type Table = typeof ipOptions;

interface PartFamily {
  readonly key: string;
  readonly form: string;
  readonly summary: string;
  readonly parts: Table;
  /** The protocol whose packets may have it. */
  readonly has: (view: PacketView) => boolean;
  /** The same for all packets. */
  readonly present: SymbolicCondition;
  readonly family?: 'ip' | 'ip6';
  /** How iptables asks for the part. */
  readonly iptables?: (part: Part, test: FieldTest, target: IptablesTarget) => Condition;
}

/** `tcp option maxseg`, `ip option lsrr ptr`: the name of the part stands behind the key, and so in JSON. */
function partFamily(spec: PartFamily): MatchFamily {
  const { key, parts } = spec;
  const [first = '', second = ''] = key.split(' ');
  return defineFamily<Part>({
    key,
    form: spec.form,
    summary: spec.summary,
    knowledge: notTold('an option or a chunk'),
    begins: (words) => words[0] === first && words[1] === second,
    read: (reader) => {
      reader.word(first);
      reader.word(second);
      const name = reader.word(...parts.keys());
      const field = name && reader.word(...(parts.get(name)?.keys() ?? []));
      return name === undefined ? undefined : { name, ...(field !== undefined && { field }) };
    },
    write: ({ name, field }) => [key, name, field].filter((word) => word !== undefined).join(' '),
    ofJson: (expression) => partFromJson(parts, isJsonObject(expression) ? expression[key] : undefined),
    define: (part, whole) => partMatch(spec, part, whole, { [key]: { ...part } }),
  });
}

function partFromJson(parts: Table, json: JsonValue | undefined): readonly Part[] {
  const { name, field, ...others } = isJsonObject(json) ? json : {};
  if (typeof name !== 'string' || Object.keys(others).length > 0) return [];
  const fields = parts.get(name);
  if (field === undefined) return fields ? [{ name }] : [];
  return typeof field === 'string' && fields?.has(field) ? [{ name, field }] : [];
}

function partMatch(spec: PartFamily, part: Part, key: string, nft: JsonObject) {
  const { iptables, family } = spec;
  const field: NftField = {
    key,
    summary: spec.summary,
    type: fieldType(spec.parts, part),
    nft,
    ...(family && { family }),
    read: (view) => readPart(spec, view, key),
    symbol: { kind: 'own', present: spec.present, untold: true },
    ...(iptables && { iptables: (test, target) => iptables(part, test, target) }),
  };
  return nftFieldMatch(field);
}

function fieldType(parts: Table, { name, field }: Part) {
  const known = field === undefined ? undefined : parts.get(name)?.get(field);
  return known ? typeOf(known) : existence;
}

/** Fragments behind the first have no transport header. */
function readPart({ has }: PartFamily, view: PacketView, key: string): FieldValue {
  return has(view) ? notTold(`\`${key}\``) : undefined;
}

export const ipOptionFamily = partFamily({
  key: 'ip option',
  form: 'ip option lsrr|rr|ssrr|ra [FIELD]',
  summary: 'Whether the IPv4 header has an option, `exists` or `missing`, or a field of that option.',
  parts: ipOptions,
  family: 'ip',
  has: ({ packet }) => isIp(packet, 4),
  present: ofVersion(4),
});

export const sctpChunkFamily = partFamily({
  key: 'sctp chunk',
  form: 'sctp chunk CHUNK [FIELD]',
  summary: 'Whether an SCTP packet has a chunk, `exists` or `missing`, or a field of its first such chunk.',
  parts: sctpChunks,
  has: ({ packet }) => packet.protocol === protocolNumber.sctp && packet.fragment.offset === 0,
  present: withHeader(protocolNumber.sctp),
  iptables: chunkTypes,
});

/** `--chunk-types any` finds one among all chunks (net/netfilter/xt_sctp.c: match_packet). */
function chunkTypes({ name, field }: Part, test: FieldTest): Condition {
  const key = `sctp chunk ${name}`;
  if (field !== undefined) return unsupported(`${key} ${field}`, test);
  const type =
    name === 'ecne' ? 'ECN_ECNE' : name === 'cwr' ? 'ECN_CWR' : name.replaceAll('-', '_').toUpperCase();
  const words = (negated: boolean): Words => moduleOption('sctp', negated, '--chunk-types', 'any', type);
  return presenceCondition(test, key, { there: words(false), missing: words(true) }, protocolNumber.sctp);
}

/** `frag id`, `exthdr frag`, `srh sid[1]`: a header begins with its own name, the question for it with `exthdr`. */
interface Extension extends Part {
  readonly index?: number;
}

const askable = ['hbh', 'rt', 'frag', 'dst', 'mh'];
const indexed = /^(addr|sid)\[(\d{1,3})\]$/;

export const exthdrFamily = defineFamily<Extension>({
  key: 'exthdr',
  knowledge: notTold('an extension header'),
  form: 'exthdr HEADER, HEADER FIELD',
  summary:
    'Whether an IPv6 packet has an extension header, `exists` or `missing`, or a field of that header.',
  begins: ({ 0: first = '' }) => first === 'exthdr' || extensionHeaders.has(first),
  read: (reader) => {
    if (reader.word('exthdr')) {
      const name = reader.word(...askable);
      return name === undefined ? undefined : { name };
    }
    const name = reader.word(...extensionHeaders.keys());
    const field = name && reader.word(...(extensionHeaders.get(name)?.keys() ?? []));
    if (name === undefined || field === undefined) return undefined;
    if (!reader.word('[')) return { name, field };
    const index = reader.number();
    return index !== undefined && reader.word(']') ? { name, field, index } : undefined;
  },
  write: ({ name, field, index }) =>
    field === undefined ? `exthdr ${name}` : `${name} ${field}${index === undefined ? '' : `[${index}]`}`,
  ofJson: (expression) => extensionFromJson(isJsonObject(expression) ? expression['exthdr'] : undefined),
  define: (part, key) => {
    const { name, field, index } = part;
    const json = index === undefined ? field : `${field}[${index}]`;
    return nftFieldMatch({
      key,
      summary: 'A field of an extension header of IPv6, or whether the packet has the header.',
      type: fieldType(extensionHeaders, part),
      nft: { exthdr: { name, ...(json !== undefined && { field: json }) } },
      family: 'ip6',
      read: (view) => readExtension(view, part, key),
      iptables: (test) => writeExtension(part, test, key),
    });
  },
});

/** As libip6t_ipv6header.c calls them. */
const headerNames = new Map([
  ['hbh', 'hop-by-hop'],
  ['rt', 'ipv6-route'],
  ['frag', 'ipv6-frag'],
  ['dst', 'ipv6-opts'],
]);

const mobility = 135;

const integer8 = bits(8);

const fieldOptions: ReadonlyMap<string, Omit<RangeOption, 'key'>> = new Map([
  ['frag id', { type: bits(32), module: 'frag', option: '--fragid' }],
  ['rt type', { type: integer8, module: 'rt', option: '--rt-type', most: 64 }],
  ['rt seg-left', { type: integer8, module: 'rt', option: '--rt-segsleft' }],
  ['mh type', { type: integer8, module: 'mh', option: '--mh-type', protocol: mobility }],
]);

/** net/ipv6/netfilter: ip6t_ipv6header.c looks through all headers; the others are found as nft finds them. */
function writeExtension({ name, field, index }: Extension, test: FieldTest, key: string): Condition {
  const spec = index === undefined ? fieldOptions.get(key) : undefined;
  if (spec) return rangeCondition(test, { ...spec, key });
  const header = headerNames.get(name);
  if (field !== undefined || header === undefined) return unsupported(key, test);
  const words = (negated: boolean): Words => ({
    words: [...moduleOption('ipv6header', negated, '--header', header).words, '--soft'],
  });
  return presenceCondition(test, key, { there: words(false), missing: words(true) });
}

function extensionFromJson(json: JsonValue | undefined): readonly Extension[] {
  const { name, field, offset } = isJsonObject(json) ? json : {};
  if (typeof name !== 'string' || offset !== undefined) return [];
  if (field === undefined) return askable.includes(name) ? [{ name }] : [];
  if (typeof field !== 'string') return [];
  const [, base = field, index] = indexed.exec(field) ?? [];
  if (!extensionHeaders.get(name)?.has(base)) return [];
  return [{ name, field: base, ...(index !== undefined && { index: Number(index) }) }];
}

/** The fragment header is the one that packets here have (RFC 8200, section 4.5). */
function readExtension({ packet }: PacketView, { name, field }: Extension, key: string): FieldValue {
  if (packet.family !== 6) return undefined;
  const { offset, more } = packet.fragment;
  if (name !== 'frag') return packet.nextHeader === undefined ? absent(field) : notTold(`\`${key}\``);
  if (offset === 0 && !more) return packet.nextHeader === undefined ? absent(field) : notTold(`\`${key}\``);
  if (field === undefined) return 1n;
  if (field === 'frag-off') return BigInt(offset);
  if (field === 'more-fragments') return more ? 1n : 0n;
  return notTold(`\`${key}\``);
}

/** A missing header is an answer where it is asked for, and has no fields. */
function absent(field: string | undefined): FieldValue {
  return field === undefined ? 0n : undefined;
}
