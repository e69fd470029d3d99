// Which protocols a packet has at a point of a rule, as the comparisons up to there say (nftables: src/proto.c:
// proto_ctx_update). Both the check of a rule and the listing of it walk the rule with one of these.
import type { Family } from '../../ir/ruleset.ts';
import { type Layer, protocolOf } from './protocols.ts';
import type { Constant, Term } from './term.ts';

export interface ProtocolContext {
  readonly family: Family;
  readonly known: Partial<Record<Layer, string>>;
  /** All transport protocols that a comparison has named: a set names several. */
  readonly transports: Set<string>;
  /** Link-layer headers that stand before the present one. */
  readonly stacked: string[];
  /** The ICMP type that was asked for; 0 for none, an echo request standing for the reply too. */
  icmpType: number;
}

const first: Readonly<Record<Family, readonly [Layer, string]>> = {
  bridge: ['ll', 'ether'],
  netdev: ['ll', 'netdev'],
  inet: ['ll', 'inet'],
  ip: ['nh', 'ip'],
  ip6: ['nh', 'ip6'],
  arp: ['nh', 'arp'],
};

/** What is known at the beginning of each rule. */
export function newContext(family: Family): ProtocolContext {
  const [layer, protocol] = first[family];
  return { family, known: { [layer]: protocol }, transports: new Set(), stacked: [], icmpType: 0 };
}

/** The layer at which the hooks of a family see packets. */
export function hookLayer(family: Family): Layer {
  return first[family][0];
}

/** How many bits of link-layer headers stand before the present one. */
export function stackedBits({ stacked }: ProtocolContext): number {
  return stacked.reduce((sum, name) => sum + protocolOf(name).length, 0);
}

function learn(context: ProtocolContext, protocol: string, layer: Layer = protocolOf(protocol).layer): void {
  if (layer === 'th') context.transports.add(protocol);
  context.known[layer] = protocol;
}

/** Whether a selector is one that says what comes next. */
export function isKey(term: Term): boolean {
  if (term.kind === 'payload')
    return term.protocol !== undefined && protocolOf(term.protocol).keys.has(term.field ?? '');
  if (term.kind !== 'reading') return false;
  if (term.group === 'meta') return ['iiftype', 'nfproto', 'l4proto', 'protocol'].includes(term.key ?? '');
  return term.group === 'ct' && (term.key === 'protocol' || term.key === 'l3proto');
}

/** What a comparison for equality says about the packet. */
export function learnFrom(context: ProtocolContext, left: Term, right: Constant): void {
  if (!isKey(left)) return;
  if (left.kind === 'payload') learnFromField(context, left.layer, right);
  else if (left.kind === 'reading' && left.group === 'meta') learnFromMeta(context, left.key ?? '', right);
  else if (left.kind === 'reading') learnFromCt(context, left.key ?? '', right);
}

function learnFromField(context: ProtocolContext, layer: Layer, { value }: Constant): void {
  const name = context.known[layer] ?? '';
  const base = protocolOf(name);
  const upper = base.upper.get(Number(value));
  if (upper === undefined) {
    if (name === 'icmp') context.icmpType = Number(value) || 8;
    if (name === 'icmpv6') context.icmpType = value === 129n ? 128 : Number(value);
    return;
  }
  if (layer === 'll' && protocolOf(upper).layer === 'll') context.stacked.push(name);
  learn(context, upper);
}

function learnFromMeta(context: ProtocolContext, key: string, { value }: Constant): void {
  const { family } = context;
  const lowest = protocolOf(first[family][1]);
  if (key === 'iiftype') {
    if (family !== 'bridge') learn(context, value === 1n ? 'ether' : 'unknown', 'll');
  } else if (key === 'l4proto') {
    learn(context, protocolOf('inet-service').upper.get(Number(value)) ?? 'unknown', 'th');
  } else if (key === 'nfproto') {
    const own = { ip: 2n, ip6: 10n }[family as string] === value ? lowest.name : 'unknown';
    learn(context, lowest.layer === 'll' ? (lowest.upper.get(Number(value)) ?? own) : own, 'nh');
  } else if (family === 'netdev' || family === 'bridge')
    learn(context, lowest.upper.get(Number(value)) ?? 'unknown', 'nh');
}

function learnFromCt(context: ProtocolContext, key: string, { value }: Constant): void {
  const base = context.known[key === 'protocol' ? 'nh' : 'll'];
  const upper = base === undefined ? undefined : protocolOf(base).upper.get(Number(value));
  if (upper !== undefined) learn(context, upper);
}
