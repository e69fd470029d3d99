// Whether a host answers when ARP asks for an address, and from which address it asks itself. net/ipv4/arp.c: arp_process, arp_ignore, arp_filter.
import type { Arp } from '../packet/packet.ts';
import type { RouteDecision } from './decision.ts';
import type { Host } from './host.ts';
import { addressesOf, interfaceNamed, isInSubnet } from './inventory.ts';
import { lookupRoute } from './lookup.ts';
import { isLoopback4, isMulticast4 } from './prefix.ts';
import { inboundAddress } from './source-selection.ts';
import { forwards, sysctlNumber } from './sysctl.ts';
import { bestRoute, localDevice } from './tables.ts';
import { validateSource } from './validate.ts';
import { vrfOf, vrfTable } from './vrf.ts';

/** Where ARP came in. */
export interface ArpPlace {
  readonly device: string;
  readonly mark: number;
}

/** Whether it is answered, and why. */
export interface ArpDecision {
  readonly answers: boolean;
  readonly why: string;
}

const request = 1;

/** What the host does about ARP that a device got, and that no rule dropped. */
export function answersArp(host: Host, arp: Arp, place: ArpPlace): ArpDecision {
  const { operation, sender, target } = arp;
  if (operation !== request) return silent('nothing was asked');
  if (isMulticast4(target) || (isLoopback4(target) && !routesLoopback(host, place)))
    return silent('nobody has such an address');
  if (sender === target && dropsGratuitous(host, place))
    return silent('nobody asks for his own address (drop_gratuitous_arp)');
  const flow = { family: 4, destination: target, iif: place.device, mark: place.mark } as const;
  const isProbe = sender === 0n;
  const asked = isProbe ? { ...flow, anySource: true } : { ...flow, source: sender };
  const decision = lookupRoute(host, asked);
  const refused = isProbe ? undefined : validateSource(host, { ...flow, source: sender });
  if (refused) return silent(refused.why);
  if (decision.kind !== 'local') return isProbe ? notOwn : asProxy(host, decision, place, sender === target);
  if (isIgnored(host, arp, place)) return silent('it does not say so by this interface (arp_ignore)');
  if (!isProbe && leavesElsewhere(host, arp, place))
    return silent('the way to who asks is by another interface (arp_filter)');
  return { answers: true, why: 'the host has the address that is asked for' };
}

const notOwn = silent('the address that is asked for is not of this host');

function silent(why: string): ArpDecision {
  return { answers: false, why };
}

function routesLoopback(host: Host, { device }: ArpPlace): boolean {
  return sysctlNumber(host, 'net.ipv4.conf.*.route_localnet', device) !== 0;
}

function dropsGratuitous(host: Host, { device }: ArpPlace): boolean {
  return sysctlNumber(host, 'net.ipv4.conf.*.drop_gratuitous_arp', device) !== 0;
}

/**
 * For stations behind it, or on the same link, where it was told to (net/ipv4/arp.c: arp_fwd_proxy, arp_fwd_pvlan); who
 * asks for his own address only looks whether somebody else has it.
 */
function asProxy(host: Host, decision: RouteDecision, { device }: ArpPlace, isOwn: boolean): ArpDecision {
  if (decision.kind !== 'unicast' || !forwards(host, device, 4)) return notOwn;
  if (decision.device === device) {
    const isAsked = !isOwn && sysctlNumber(host, 'net.ipv4.conf.*.proxy_arp_pvlan', device) !== 0;
    return isAsked ? { answers: true, why: 'it answers for its neighbours (proxy_arp_pvlan)' } : notOwn;
  }
  return sysctlNumber(host, 'net.ipv4.conf.*.proxy_arp', device) !== 0
    ? { answers: true, why: `it answers for what is behind ${decision.device} (proxy_arp)` }
    : notOwn;
}

/**
 * The source that the host names in its request for `target`; `packet` is the source of the packet that waits for the
 * answer (`net/ipv4/arp.c: arp_solicit`). 0 where the host has no address.
 */
export function arpRequestSource(host: Host, device: string, target: bigint, packet: bigint): bigint {
  const announce = sysctlNumber(host, 'net.ipv4.conf.*.arp_announce', device);
  const isLocal = isLocalFor(host, device, packet);
  const mayName = announce === 1 ? isOnLink(host, device, target, packet) : announce !== 2;
  if (isLocal && mayName) return packet;
  return inboundAddress(host, device, target)?.address ?? 0n;
}

/** `net/ipv4/fib_frontend.c: inet_addr_type_dev_table`: in a VRF its own addresses count. */
function isLocalFor(host: Host, device: string, address: bigint): boolean {
  const own = vrfTable(host, device);
  if (own === undefined) return localDevice(host, address) !== undefined;
  return bestRoute(host, { family: 4, destination: address }, [own])?.type === 'local';
}

/** Whether one subnet of the interface has both (`net/ipv4/devinet.c: inet_addr_onlink`). */
function isOnLink(host: Host, device: string, target: bigint, source: bigint): boolean {
  const one = interfaceNamed(host, device);
  return (
    one !== undefined &&
    addressesOf(one, 4).some((entry) => isInSubnet(entry, target) && isInSubnet(entry, source))
  );
}

function isIgnored(host: Host, { sender, target }: Arp, { device }: ArpPlace): boolean {
  const one = interfaceNamed(host, device);
  const here = (one ? addressesOf(one, 4) : []).filter(({ address }) => address.value === target);
  const everywhere = host.interfaces.flatMap((any) => addressesOf(any, 4));
  switch (sysctlNumber(host, 'net.ipv4.conf.*.arp_ignore', device)) {
    case 1:
      return here.length === 0;
    case 2:
      return !here.some((entry) => sender === 0n || isInSubnet(entry, sender));
    case 3:
      return !everywhere.some(({ address, scope }) => address.value === target && scope !== 'host');
    case 8:
      return true;
    default:
      return false;
  }
}

function leavesElsewhere(host: Host, { sender, target }: Arp, { device }: ArpPlace): boolean {
  if (sysctlNumber(host, 'net.ipv4.conf.*.arp_filter', device) === 0) return false;
  const vrf = vrfOf(host, device);
  const back = lookupRoute(host, {
    family: 4,
    destination: sender,
    source: target,
    ...(vrf && { oif: vrf.name }),
  });
  return !('device' in back) || back.device !== device;
}
