// The address that the host answers from, where the packet says it; else 0, and routing chooses.

import type { Host } from '../topology/host.ts';
import { addressesOf, interfaceNamed, interfaceWith } from '../topology/inventory.ts';
import { isLinkLocal6 } from '../topology/prefix.ts';
import { selectIpv6Source } from '../topology/rfc6724.ts';
import { inboundAddress } from '../topology/source-selection.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { isAnycast, isToHost } from './routed.ts';
import { known, type Run } from './run.ts';

/** The source of an ICMP error about the packet. */
export function ownSource(run: Run): bigint {
  const { host } = run.request;
  if (!host) return 0n;
  return run.family === 4 ? ownIpv4Source(run, host) : ownIpv6Source(run, host);
}

/**
 * net/ipv4/icmp.c: __icmp_send: where the packet was sent, if routing found that to be this host. Before routing it did
 * not (net/ipv4/netfilter/nf_reject_ipv4.c: nf_reject_fill_skb_dst).
 */
function ownIpv4Source(run: Run, host: Host): bigint {
  if (isToHost(run)) return run.packet.destination;
  const { direction } = run.request.injection;
  const asked = sysctlNumber(host, 'net.ipv4.icmp_errors_use_inbound_ifaddr') !== 0;
  const device = asked && direction === 'in' && run.routed ? known(run.iif) : undefined;
  if (device === undefined) return 0n;
  return inboundAddress(host, device, run.packet.source)?.address ?? 0n;
}

/** net/ipv6/icmp.c: icmp6_send. An address of a link has to be on the interface. */
function ownIpv6Source(run: Run, host: Host): bigint {
  const { destination } = run.packet;
  if (isAnycast(run)) return destination;
  if (!isLinkLocal6(destination))
    return interfaceWith(host, 6, destination) ? destination : addressOfInput(run, host);
  const device = interfaceNamed(host, known(run.iif) ?? '');
  const here = device && addressesOf(device, 6).some((entry) => entry.address.value === destination);
  return here ? destination : addressOfInput(run, host);
}

/** That of the interface which the packet came in by, wherever the error leaves. */
function addressOfInput({ iif, packet }: Run, host: Host): bigint {
  const device = known(iif);
  return device === undefined ? 0n : (selectIpv6Source(host, device, packet.source)?.address ?? 0n);
}
