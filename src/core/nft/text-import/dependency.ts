// What a rule has to ask before it may read a header: `tcp dport` makes no sense before the packet is known to be TCP,
// so nft adds `meta l4proto tcp`. Follows nftables: src/payload.c: payload_gen_dependency, src/evaluate.c:
// __expr_evaluate_payload.
import { fail } from './problem.ts';
import { hookLayer, learnFrom, type ProtocolContext, stackedBits } from './protocol-context.ts';
import { type Layer, numberFor, protocolOf } from './protocols.ts';
import { fieldSelector, metaKeys, type Payload, type Reading } from './selector.ts';
import type { Place } from './syntax.ts';
import type { Constant, Step, Term } from './term.ts';
import { type NftType, types } from './types.ts';

/** The rule up to the present statement. */
export interface RuleDraft {
  readonly protocols: ProtocolContext;
  readonly steps: Step[];
}

function metaReading(key: string): Reading {
  const { type, bits } = metaKeys.get(key) ?? { type: types.integer, bits: 0 };
  return { kind: 'reading', group: 'meta', key, json: { meta: { key } }, type, bits };
}

function constant(type: NftType, value: number, bits: number): Constant {
  return { kind: 'constant', type, value: BigInt(value), bits };
}

function ask(draft: RuleDraft, left: Payload | Reading, value: number, where: 'here' | 'first'): void {
  const right = constant(left.type, value, left.bits);
  const step: Step = { kind: 'match', op: '==', left, right };
  if (where === 'here') draft.steps.push(step);
  else draft.steps.unshift(step);
  learnFrom(draft.protocols, left, right);
}

/** Asks for `upper` above `lower`. */
function askFor(
  draft: RuleDraft,
  lower: string,
  upper: string,
  at: Place,
  where: 'here' | 'first' = 'here',
): void {
  const base = protocolOf(lower);
  const number = numberFor(base, upper);
  const { asks } = base;
  if (number === undefined || !asks) conflict(lower, upper, at);
  const field = 'field' in asks ? fieldSelector(lower, asks.field) : undefined;
  const left = 'meta' in asks ? metaReading(asks.meta) : field && readField(draft, field, at);
  if (left) ask(draft, left, number, where);
}

function conflict(one: string, other: string, at: Place): never {
  return fail('HK5605', `this needs \`${other}\`, but the packet is \`${one}\` here`, at);
}

const below: Partial<Record<Layer, Layer>> = { nh: 'll', th: 'nh' };
const familyLink: Partial<Record<string, string>> = { inet: 'inet', bridge: 'ether', netdev: 'netdev' };

/** A header field that may be read now, after what had to be asked; its offset counts from the first link header. */
export function readField(draft: RuleDraft, payload: Payload, at: Place): Payload {
  const { protocol, layer } = payload;
  if (protocol === undefined || protocol === 'th') return payload;
  const { protocols } = draft;
  const isFirst = protocols.known[layer] === undefined;
  if (isFirst) askBelow(draft, payload, at);
  const known = protocols.known[layer] ?? 'unknown';
  if (layer === 'th' && protocols.transports.size > 1)
    conflict([...protocols.transports].find((name) => name !== protocol) ?? known, protocol, at);
  if (known === protocol) return askIcmpType(draft, shifted(draft, payload), at);
  if (layer === 'll') return resolveLink(draft, payload, isFirst, at);
  return conflict(known, protocol, at);
}

function shifted({ protocols }: RuleDraft, payload: Payload): Payload {
  if (payload.layer !== 'll') return payload;
  return { ...payload, offset: payload.offset + stackedBits(protocols) };
}

function askBelow(draft: RuleDraft, payload: Payload, at: Place): void {
  const { protocol = '', layer } = payload;
  const { family, known } = draft.protocols;
  if (layer === 'll' && hookLayer(family) === 'nh') {
    ask(draft, metaReading('iiftype'), 1, 'here');
    return;
  }
  const lower = known[below[layer] ?? 'll'] ?? lowerFor(draft, protocol, at);
  // skb->protocol, as the type in the header is that of a VLAN where there is one.
  const isBridged = family === 'bridge' && lower === 'ether' && /^ip6?$/.test(protocol);
  askFor(draft, isBridged ? 'netdev' : lower, protocol, at);
}

/** Where nothing is known of the network header: ICMP implies it, all else is asked of the packet as a whole. */
function lowerFor(draft: RuleDraft, protocol: string, at: Place): string {
  if (!/^(?:icmp|icmpv6|igmp)$/.test(protocol)) return 'inet-service';
  const { family, known } = draft.protocols;
  const upper = protocol === 'icmpv6' ? 'ip6' : 'ip';
  const link = known.ll ?? familyLink[family];
  if (link === undefined) conflict(family, upper, at);
  askFor(draft, link, upper, at);
  return upper;
}

/** Another link-layer header than the one that is known: VLAN in Ethernet, or the Ethernet header itself. */
function resolveLink(draft: RuleDraft, payload: Payload, isFirst: boolean, at: Place): Payload {
  const { protocol = '' } = payload;
  const { protocols } = draft;
  const present = protocols.known.ll ?? '';
  if (familyLink[protocols.family] === present && present !== 'ether')
    ask(draft, metaReading('iiftype'), 1, 'here');
  else if (protocols.stacked.includes(protocol)) return payload;
  const known = protocols.known.ll ?? '';
  if (known === protocol) return shifted(draft, payload);
  // In a table of one network protocol this is known before anything is asked.
  if (!isFirst && protocols.known.nh !== undefined) conflict(known, protocol, at);
  askFor(draft, known, protocol, at);
  return shifted(draft, payload);
}

/** ICMP types that mean the same to a field: a request and its reply. */
const echoes: Readonly<Record<number, readonly [number, number]>> = { 8: [8, 0], 128: [128, 129] };

function askIcmpType(draft: RuleDraft, payload: Payload, at: Place): Payload {
  const { protocol = '', field } = payload;
  const wanted = protocolOf(protocol).fields.find(({ name }) => name === field)?.icmpType;
  if (wanted === undefined) return payload;
  const { protocols } = draft;
  if (protocols.icmpType === wanted) return payload;
  if (protocols.icmpType !== 0)
    fail('HK5605', `\`${field}\` needs ICMP type ${wanted}, the rule has ${protocols.icmpType}`, at);
  const left = fieldSelector(protocol, 'type');
  const both = echoes[wanted];
  if (left) {
    const [one = wanted, other] = both ?? [];
    const values = [one, ...(other === undefined ? [] : [other])].map((value) =>
      constant(left.type, value, 8),
    );
    draft.steps.push({ kind: 'match', op: '==', left, right: oneOf(values) });
  }
  protocols.icmpType = wanted;
  return payload;
}

function oneOf(values: readonly Constant[]): Term {
  const [only] = values;
  if (only && values.length === 1) return only;
  const sorted = values.toSorted((a, b) => Number(a.value - b.value));
  return { kind: 'set', items: sorted.map((key) => ({ key, extra: {} })) };
}

/** Options and extension headers need their network header, asked for before all else in the rule. */
export function needNetwork(draft: RuleDraft, protocol: 'ip' | 'ip6', at: Place): void {
  const { known } = draft.protocols;
  if (known.nh === protocol) return;
  if (known.nh !== undefined || known.ll === undefined) conflict(known.nh ?? 'unknown', protocol, at);
  askFor(draft, known.ll, protocol, at, 'first');
}

/** What `reject` answers to: a protocol by which the packet can be answered, asked for before all else. */
export function needForReject(draft: RuleDraft, protocol: 'tcp' | 'ip' | 'ip6', at: Place): void {
  const { family, known } = draft.protocols;
  if (protocol === 'tcp') {
    if (known.th === undefined) askFor(draft, known.nh ?? 'inet-service', 'tcp', at, 'first');
    return;
  }
  if (known.nh !== undefined) return;
  const link = known.ll ?? familyLink[family] ?? '';
  askFor(draft, family === 'bridge' && link === 'ether' ? 'netdev' : link, protocol, at, 'first');
}
