// `@nh,72,8`: bits of a header by their place. They are known where named fields of that header fill them.
import { defineField, type FieldValue } from '../../field/define.ts';
import { isUnknown, type PacketView } from '../../field/view.ts';
import { isJsonObject, type JsonValue } from '../../nft/json-value.ts';
import { type Layer, protocolOf } from '../../nft/text-import/protocols.ts';
import { readUint } from '../../packet/bytes.ts';
import type { Frame, Packet } from '../../packet/packet.ts';
import { defineFamily } from '../family.ts';
import type { Selectors } from '../selectors.ts';
import { nftFieldMatch, notTold } from './define.ts';
import { symbolOfPlace } from './raw-symbolic.ts';
import { bits } from './vocabulary.ts';

interface RawBits {
  readonly layer: Layer;
  readonly offset: number;
  readonly length: number;
}

const layers = ['ll', 'nh', 'th', 'ih'] as const satisfies readonly Layer[];
const longest = 128;

export const rawFamily = defineFamily<RawBits>({
  key: 'raw',
  knowledge: notTold('what lies behind the fields that a trace knows'),
  form: '@ll|nh|th|ih,OFFSET,BITS',
  summary:
    'Bits of the link (`ll`), network (`nh`) or transport (`th`) header, or of what it carries (`ih`).',
  begins: layers.map((layer) => `@${layer}`),
  read: (reader) => {
    const word = reader.word('@ll', '@nh', '@th', '@ih');
    const layer = layers.find((one) => word === `@${one}`);
    const offset = reader.word(',') && reader.number();
    const length = reader.word(',') && reader.number();
    return rawBits(layer, offset, length);
  },
  write: ({ layer, offset, length }) => `@${layer},${offset},${length}`,
  ofJson: (expression) => {
    const json = isJsonObject(expression) ? expression['payload'] : undefined;
    const { base, offset, len } = isJsonObject(json) ? json : {};
    const found = rawBits(
      layers.find((one) => one === base),
      offset,
      len,
    );
    return found ? [found] : [];
  },
  define: (raw, key, all) =>
    nftFieldMatch({
      key,
      symbol: symbolOfPlace(
        raw,
        defineField(`${key} of other headers`, bits(raw.length), (view) => readRaw(view, raw, key, all)),
        all,
      ),
      summary: 'Bits of a header.',
      type: bits(raw.length),
      nft: { payload: { base: raw.layer, offset: raw.offset, len: raw.length } },
      read: (view) => readRaw(view, raw, key, all),
    }),
});

function rawBits(
  layer: Layer | undefined,
  offset: JsonValue | undefined,
  length: JsonValue | undefined,
): RawBits | undefined {
  if (layer === undefined || typeof offset !== 'number' || typeof length !== 'number') return undefined;
  return offset >= 0 && length >= 1 && length <= longest ? { layer, offset, length } : undefined;
}

/** The header at a layer that fields are known of. */
function headerOf({ packet }: PacketView, layer: Layer): string | undefined {
  if (layer === 'nh') return packet.frame ? arpHeader(packet.frame) : packet.family === 4 ? 'ip' : 'ip6';
  if (layer === 'll') return packet.link && 'ether';
  return layer === 'th' && 'sport' in packet.transport ? transports.get(packet.protocol) : undefined;
}

function arpHeader({ kind }: Frame): string | undefined {
  return kind === 'arp' ? kind : undefined;
}

const transports = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [136, 'udplite'],
]);

/** A fragment behind the first has no transport header (net/netfilter/nft_payload.c: nft_payload_eval). */
function readRaw(view: PacketView, raw: RawBits, key: string, all: Selectors): FieldValue {
  const isBehind = raw.layer !== 'nh' && raw.layer !== 'll';
  if (isBehind && (view.packet.fragment.offset > 0 || view.packet.frame)) return undefined;
  if (raw.layer === 'll' && all.find('ether type')?.selector?.field.read(view) === undefined)
    return undefined;
  if (raw.layer === 'nh' && view.packet.frame?.kind === 'other') return bitsOf(view.packet, raw, key);
  const header = headerOf(view, raw.layer);
  const value = header === undefined ? undefined : compose(view, raw, header, all);
  return value ?? notTold(`all of \`${key}\``);
}

/** Of a frame that is known by its bytes alone. */
function bitsOf({ payload, length }: Packet, { offset, length: size }: RawBits, key: string): FieldValue {
  const [start, end] = [Math.floor(offset / 8), Math.ceil((offset + size) / 8)];
  if (end > length) return undefined;
  if (!payload || end > payload.length) return notTold(`all of \`${key}\``);
  const value = readUint(payload, start, end - start) >> BigInt(end * 8 - offset - size);
  return value & ((1n << BigInt(size)) - 1n);
}

/** The bits put together from the fields that lie there; undefined where they leave a gap. */
function compose(
  view: PacketView,
  { offset, length }: RawBits,
  header: string,
  all: Selectors,
): bigint | undefined {
  let value = 0n;
  let missing = (1n << BigInt(length)) - 1n;
  for (const field of protocolOf(header).fields) {
    const read = all.find(`${header} ${field.name}`)?.selector?.field.read(view);
    if (typeof read !== 'bigint' || isUnknown(read)) continue;
    const shift = offset + length - field.offset - field.bits;
    const mask = place((1n << BigInt(field.bits)) - 1n, shift) & ((1n << BigInt(length)) - 1n);
    value = (value & ~mask) | (place(read, shift) & mask);
    missing &= ~mask;
  }
  return missing === 0n ? value : undefined;
}

function place(value: bigint, shift: number): bigint {
  return shift >= 0 ? value << BigInt(shift) : value >> BigInt(-shift);
}
