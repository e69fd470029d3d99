// Header fields as nft recognises them when it lists a rule: by what it knows of the packet from the rule so far
// (nftables: src/payload.c: payload_expr_complete, payload_expr_expand, payload_expr_trim).
import type { ProtocolContext } from './protocol-context.ts';
import { type Field, protocolOf } from './protocols.ts';
import { fieldSelector, type Payload, rawSelector } from './selector.ts';

/** The header that an offset lies in, and the bits of those before it. */
function headerAt(
  protocols: ProtocolContext,
  { layer, offset }: Payload,
): { name: string; before: number } | undefined {
  const name = protocols.known[layer];
  if (name === undefined) return undefined;
  if (layer !== 'll' || offset < protocolOf(name).length) return { name, before: 0 };
  let before = 0;
  for (const stacked of protocols.stacked) {
    const { length } = protocolOf(stacked);
    if (offset - before < length) return { name: stacked, before };
    before += length;
  }
  return { name, before };
}

function isOfType({ icmpType }: Field, protocols: ProtocolContext): boolean {
  return icmpType === undefined || protocols.icmpType === 0 || protocols.icmpType === icmpType;
}

/** The field that has exactly these bits, or the bits as they are. */
export function complete(protocols: ProtocolContext, payload: Payload): Payload {
  const header = headerAt(protocols, payload);
  const field = header && findField(protocols, header.name, payload.offset - header.before, payload.bits);
  if (field && header) return named(payload, header.name, field);
  return payload.protocol === undefined || payload.protocol === 'th' ? payload : bare(payload);
}

function findField(
  protocols: ProtocolContext,
  protocol: string,
  offset: number,
  bits: number,
): Field | undefined {
  const { fields } = protocolOf(protocol);
  return fields.find((one) => one.offset === offset && one.bits === bits && isOfType(one, protocols));
}

function named(payload: Payload, protocol: string, field: Field): Payload {
  return { ...payload, protocol, field: field.name, type: field.type, bits: field.bits };
}

function bare({ layer, offset, bits }: Payload): Payload {
  return rawSelector(layer, offset, bits);
}

/** The fields that bits consist of, one after another; what is left behind the last known one stays raw. */
export function expand(protocols: ProtocolContext, payload: Payload): readonly Payload[] {
  const header = headerAt(protocols, payload);
  if (!header) return [bare(payload)];
  const found: Payload[] = [];
  let { offset, bits } = payload;
  for (const field of protocolOf(header.name).fields) {
    if (field.offset !== offset - header.before || !isOfType(field, protocols)) continue;
    if (field.bits > bits) break;
    found.push(named({ ...payload, offset }, header.name, field));
    offset += field.bits;
    bits -= field.bits;
    if (bits === 0) return found;
  }
  return [...found, rawSelector(payload.layer, offset, bits)];
}

/** Bits that are not whole bytes are read as bytes, and the rest of them masked. */
export function wholeBytes(
  payload: Payload,
): { readonly bytes: Payload; readonly shift: number } | undefined {
  const { offset, bits, layer } = payload;
  if (offset % 8 === 0 && bits % 8 === 0) return undefined;
  const start = offset - (offset % 8);
  const end = Math.ceil((offset + bits) / 8) * 8;
  return { bytes: rawSelector(layer, start, end - start), shift: end - offset - bits };
}

/** Whether a field is one that its protocol has a name for. */
export function isNamed({ protocol, field }: Payload): boolean {
  return protocol !== undefined && field !== undefined && fieldSelector(protocol, field) !== undefined;
}
