// Comparisons that nft leaves out when it lists a rule, because a later one implies them: `meta l4proto tcp` before
// `tcp dport` (nftables: src/payload.c: payload_dependency_kill, src/netlink_delinearize.c: meta_may_dependency_kill).
import type { Family } from '../../ir/ruleset.ts';
import type { Slot } from './list-slot.ts';
import { type Layer, protocolOf } from './protocols.ts';
import type { Payload, Reading } from './selector.ts';
import type { Constant } from './term.ts';

interface Dependency {
  readonly slot: Slot;
  readonly left: Payload | Reading;
  readonly right: Constant;
}

/** By the layer that a comparison tells about; `ih` is what a transport header tells. */
export interface Dependencies {
  readonly family: Family;
  readonly byLayer: Map<Layer, Dependency>;
  icmpType: number;
}

export function newDependencies(family: Family): Dependencies {
  return { family, byLayer: new Map(), icmpType: 0 };
}

/** A statement with effects stands between: what is before it stays. */
export function forget(dependencies: Dependencies): void {
  dependencies.byLayer.clear();
  dependencies.icmpType = 0;
}

const above: Readonly<Record<Layer, Layer>> = { ll: 'nh', nh: 'th', th: 'ih', ih: 'ih' };

/** The layer that a key lies in; that of the interface's type lies below all. */
function layerOf(left: Payload | Reading, isStacked: boolean): Layer {
  if (left.kind === 'payload') return isStacked ? 'll' : above[left.layer];
  if (left.key === 'iiftype') return 'll';
  return left.key === 'l4proto' || (left.key === 'protocol' && left.group === 'ct') ? 'th' : 'nh';
}

/** Notes a comparison that may turn out to be redundant. */
export function remember(
  dependencies: Dependencies,
  slot: Slot,
  left: Payload | Reading,
  right: Constant,
  isStacked: boolean,
): void {
  if (left.kind === 'payload' && isEcho(dependencies, left, right)) return;
  dependencies.byLayer.set(layerOf(left, isStacked), { slot, left, right });
}

/** The types of echoes are never taken for redundant. */
function isEcho(dependencies: Dependencies, { protocol }: Payload, { value, bits }: Constant): boolean {
  if (bits !== 8) return false;
  const type = Number(value);
  if (protocol === 'icmp') dependencies.icmpType = type || 8;
  else if (protocol === 'icmpv6') dependencies.icmpType = type;
  else return false;
  return protocol === 'icmp' ? dependencies.icmpType === 8 : type === 128 || type === 129;
}

function find({ byLayer }: Dependencies, layer: Layer): readonly [Layer, Dependency] | undefined {
  const found = byLayer.get(layer);
  if (found) return [layer, found];
  const inner = layer === 'th' ? byLayer.get('ih') : undefined;
  return inner && ['ih', inner];
}

/**
 * Leaves out the comparison that names the protocol of a layer, if there is one. nft would also leave out what is asked
 * of that header itself, as `icmpv6 type 42` before `tcp option …`; that is kept.
 */
export function releaseProtocol(dependencies: Dependencies, layer: Layer): void {
  const found = dependencies.byLayer.get(layer);
  if (found) release(dependencies, layer);
}

function release(dependencies: Dependencies, layer: Layer): void {
  const found = find(dependencies, layer);
  if (!found) return;
  found[1].slot.json = undefined;
  dependencies.byLayer.delete(found[0]);
}

/** Leaves out what a header field implies; `isNext`: it is compared with what comes next. */
export function removeFor(dependencies: Dependencies, payload: Payload, isNext: boolean): void {
  if (payload.protocol === undefined) return;
  const found = find(dependencies, payload.layer)?.[1];
  if (found && isImplied(dependencies, found, payload, isNext)) release(dependencies, payload.layer);
}

function isImplied(
  dependencies: Dependencies,
  { left, right }: Dependency,
  payload: Payload,
  isNext: boolean,
): boolean {
  const { family } = dependencies;
  const isField = left.kind === 'payload';
  if (isField && (family === 'bridge' || family === 'netdev' || family === 'inet')) {
    // `ip protocol` says that the packet is IPv4, which no transport header does.
    if (payload.layer === 'th' && (left.protocol === 'ip' || left.protocol === 'ip6')) return false;
    if (payload.layer === left.layer) {
      if (isNext) return false;
      if (payload.layer === 'll') return isImpliedLink(left, right);
    }
  }
  if (payload.layer !== 'th' || !isField || left.layer !== 'th') return true;
  if (left.protocol !== 'icmp' && left.protocol !== 'icmpv6') return true;
  return left.protocol === payload.protocol && icmpTypeOf(payload) === dependencies.icmpType;
}

/** `vlan id` implies `ether type 8021q` and no other type. */
function isImpliedLink({ protocol }: Payload, { value }: Constant): boolean {
  if (protocol === 'vlan') return false;
  return protocol !== 'ether' || value === 0x8100n;
}

function icmpTypeOf({ protocol, field }: Payload): number | undefined {
  return protocolOf(protocol ?? '').fields.find(({ name }) => name === field)?.icmpType;
}

/** Leaves out what a key of `meta` or `ct` implies of the layer below it. */
export function removeForMeta(dependencies: Dependencies, left: Reading, right: Constant): void {
  const layer = baseOf(left);
  if (layer === undefined || !find(dependencies, layer)) return;
  const network = dependencies.byLayer.get('nh');
  if (!network || isImpliedByMeta(dependencies.family, network, left, right)) release(dependencies, layer);
}

const ctNetworkKeys: ReadonlySet<string> = new Set(['protocol', 'saddr', 'daddr']);

/** The layer whose protocol a key names, or depends on. */
function baseOf({ group, key }: Reading): Layer | undefined {
  if (group === 'ct') return key === 'l3proto' ? 'll' : ctNetworkKeys.has(key ?? '') ? 'nh' : undefined;
  if (key === 'l4proto') return 'nh';
  return key === 'nfproto' || key === 'protocol' ? 'll' : undefined;
}

const networks: ReadonlyMap<number, string> = new Map([
  [2, 'ip'],
  [10, 'ip6'],
]);

function isImpliedByMeta(
  family: Family,
  { left, right }: Dependency,
  { key }: Reading,
  { value }: Constant,
): boolean {
  const network = networkOf(left, right);
  if (network === undefined) return true;
  if (family === 'ip' || family === 'ip6') return family === network;
  if (family === 'arp' || key !== 'l4proto') return true;
  if (value === 1n) return network !== 'ip6';
  return value === 58n && network !== 'ip';
}

/** The network protocol that a comparison asks for, the empty string for another one; undefined where it asks none. */
function networkOf(left: Payload | Reading, { value }: Constant): string | undefined {
  const upper = protocolOf('ether').upper.get(Number(value)) ?? '';
  if (left.kind === 'payload') return left.layer === 'll' && left.field === 'type' ? upper : undefined;
  if (left.group !== 'meta') return undefined;
  if (left.key === 'nfproto') return networks.get(Number(value)) ?? '';
  return left.key === 'protocol' ? upper : undefined;
}
