// The keys of `[Network]` that are sysctls of the kernel (systemd.network(5), documentation of the kernel: ip-sysctl).
import type { HostDraft, InterfaceDraft } from '../draft.ts';
import { type KeyEffect, type KeyTable, unsaid } from '../keys.ts';
import { booleanOf, refuse } from '../value.ts';
import type { Word } from '../word.ts';

/** The name of a sysctl of an interface; a dot in its name is a slash there (sysctl(8)). */
function ofDevice(pattern: string, { name }: InterfaceDraft): string {
  return pattern.replace('*', name.replaceAll('.', '/'));
}

function write(draft: HostDraft, name: string, value: string, { span }: Word): void {
  draft.sysctls.push({ name, value, span });
}

/** A switch of the interface. */
function toggle(pattern: string): KeyEffect<InterfaceDraft> {
  return (value, link, draft) => {
    const on = booleanOf(value, draft);
    if (on !== undefined) write(draft, ofDevice(pattern, link), on ? '1' : '0', value);
  };
}

/** Forwarding of the whole host, by the versions of IP that are named. */
const forward: KeyEffect<InterfaceDraft> = (value, _link, draft) => {
  const text = value.text.toLowerCase();
  if (text === 'kernel') return;
  const both = text !== 'ipv4' && text !== 'ipv6' && booleanOf(value, draft);
  if (both || text === 'ipv4') write(draft, 'net.ipv4.ip_forward', '1', value);
  if (both || text === 'ipv6') write(draft, 'net.ipv6.conf.all.forwarding', '1', value);
};

const reversePath: KeyEffect<InterfaceDraft> = (value, link, draft) => {
  const number = { no: '0', strict: '1', loose: '2' }[value.text];
  if (number === undefined) refuse(draft, value, 'one of no, strict, loose');
  else write(draft, ofDevice('net.ipv4.conf.*.rp_filter', link), number, value);
};

const hopLimit: KeyEffect<InterfaceDraft> = (value, link, draft) => {
  if (/^\d+$/.test(value.text)) write(draft, ofDevice('net.ipv6.conf.*.hop_limit', link), value.text, value);
  else refuse(draft, value, 'a number');
};

/** The privacy of addresses concerns those that routers advertise. */
export const switches: KeyTable<InterfaceDraft> = {
  ...unsaid('IPMasquerade'),
  IPForward: forward,
  IPv4Forwarding: toggle('net.ipv4.conf.*.forwarding'),
  IPv6Forwarding: toggle('net.ipv6.conf.*.forwarding'),
  IPv4AcceptLocal: toggle('net.ipv4.conf.*.accept_local'),
  IPv4RouteLocalnet: toggle('net.ipv4.conf.*.route_localnet'),
  IPv4ProxyARP: toggle('net.ipv4.conf.*.proxy_arp'),
  IPv4ProxyARPPrivateVLAN: toggle('net.ipv4.conf.*.proxy_arp_pvlan'),
  IPv4ReversePathFilter: reversePath,
  IPv6HopLimit: hopLimit,
  IPv6PrivacyExtensions: () => {},
};
