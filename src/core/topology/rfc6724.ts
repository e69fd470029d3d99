// Source address selection of IPv6: RFC 6724 section 5 as `net/ipv6/addrconf.c: ipv6_dev_get_saddr` has it.
import { formatAddress, parseIpv6 } from '../datatype/address.ts';
import type { Host, Interface, InterfaceAddress } from './host.ts';
import { addressesOf, interfaceNamed } from './inventory.ts';
import { isLinkLocal6, isMulticast6, sharesPrefix } from './prefix.ts';
import type { ChosenAddress } from './source-selection.ts';
import { sysctlNumber } from './sysctl.ts';
import { interfacesIn, vrfOf } from './vrf.ts';

/** The kernel's default labels (`net/ipv6/addrlabel.c: ip6addrlbl_init_table`), longest prefix first. */
const labels = (
  [
    ['::1', 128, 0],
    ['::', 96, 3],
    ['::ffff:0:0', 96, 4],
    ['2001::', 32, 6],
    ['2001:10::', 28, 7],
    ['3ffe::', 16, 12],
    ['2002::', 16, 2],
    ['fec0::', 10, 11],
    ['fc00::', 7, 5],
  ] as const
).map(([text, length, label]) => ({ value: parseIpv6(text) ?? 0n, length, label }));

function labelOf(address: bigint): number {
  return labels.find(({ value, length }) => sharesPrefix(6, address, value, length))?.label ?? 1;
}

const linkScope = 2;
const siteScope = 5;
const globalScope = 14;

/** The scope of an address as a number (`net/ipv6/addrconf_core.c: __ipv6_addr_type`); a group carries it in itself. */
export function addressScope(address: bigint): number {
  if (address === 0n) return 0;
  if (isMulticast6(address)) return Number((address >> 112n) & 15n);
  if (address === 1n || isLinkLocal6(address)) return linkScope;
  return sharesPrefix(6, address, siteLocal, 10) ? siteScope : globalScope;
}

const siteLocal = parseIpv6('fec0::') ?? 0n;

/** One address in the race. */
export interface Candidate {
  readonly device: string;
  readonly entry: InterfaceAddress;
}

/** What is being selected for. */
export interface Aim {
  readonly host: Host;
  readonly device: string;
  readonly destination: bigint;
}

/** A rule: the greater number wins, equal ones leave it to the next rule. */
interface SelectionRule {
  readonly why: string;
  readonly score: (candidate: Candidate, aim: Aim) => number;
}

const rules: readonly SelectionRule[] = [
  {
    why: 'it is the destination itself',
    score: ({ entry }, aim) => (entry.address.value === aim.destination ? 1 : 0),
  },
  { why: 'its scope fits best', score: ({ entry }, aim) => scopeScore(entry.address.value, aim.destination) },
  { why: 'it is not deprecated', score: (candidate, aim) => (isAvoided(candidate, aim) ? 0 : 1) },
  { why: 'it is a home address', score: ({ entry }) => (entry.home ? 1 : 0) },
  { why: 'it is on the outgoing interface', score: ({ device }, aim) => (device === aim.device ? 1 : 0) },
  {
    why: 'its label is that of the destination',
    score: ({ entry }, aim) => (labelOf(entry.address.value) === labelOf(aim.destination) ? 1 : 0),
  },
  {
    why: 'it is of the kind, temporary or lasting, that `use_tempaddr` prefers',
    score: ({ device, entry }, { host }) =>
      (entry.temporary === true) === prefersTemporary(host, device) ? 1 : 0,
  },
  {
    why: 'it is an ORCHID where the destination is one, and none where it is none',
    score: ({ entry }, aim) => (isOrchid(entry.address.value) === isOrchid(aim.destination) ? 1 : 0),
  },
  {
    why: 'it has the longest prefix in common with the destination',
    score: ({ entry }, aim) => commonLength(entry, aim.destination),
  },
  { why: 'it is not optimistic', score: ({ entry }) => (entry.optimistic ? 0 : 1) },
];

/** Rule 3; an optimistic address counts as deprecated unless it was said to be used (`net/ipv6/addrconf.c: ipv6_use_optimistic_addr`). */
function isAvoided({ device, entry }: Candidate, { host }: Aim): boolean {
  return entry.deprecated === true || (entry.optimistic === true && !usesOptimistic(host, device));
}

function usesOptimistic(host: Host, device: string): boolean {
  const names = ['net.ipv6.conf.*.optimistic_dad', 'net.ipv6.conf.*.use_optimistic'] as const;
  return names.every((name) => sysctlNumber(host, name, device) !== 0);
}

function prefersTemporary(host: Host, device: string): boolean {
  return sysctlNumber(host, 'net.ipv6.conf.*.use_tempaddr', device) >= 2;
}

/** RFC 4843 (`include/net/ipv6.h: ipv6_addr_orchid`). */
function isOrchid(address: bigint): boolean {
  return sharesPrefix(6, address, orchid, 28);
}

const orchid = parseIpv6('2001:10::') ?? 0n;

/** Rule 2: the narrowest scope that is wide enough, else the widest. */
function scopeScore(address: bigint, destination: bigint): number {
  const scope = addressScope(address);
  return scope >= addressScope(destination) ? -scope : scope - 128;
}

/** Rule 8; bits behind the address's own prefix do not count. */
function commonLength({ address, prefixLength }: InterfaceAddress, destination: bigint): number {
  const difference = address.value ^ destination;
  const common = difference === 0n ? 128 : 128 - difference.toString(2).length;
  return Math.min(common, prefixLength);
}

/** The source for a destination behind `device`; undefined where the host has no usable address. */
export function selectIpv6Source(host: Host, device: string, destination: bigint): ChosenAddress | undefined {
  const aim = { host, device, destination };
  const candidates = candidatesFor(aim);
  const [best] = candidates.toSorted((a, b) => compare(b, a, aim));
  if (!best) return undefined;
  return { address: best.entry.address.value, why: whyBest(best, candidates, aim) };
}

function compare(a: Candidate, b: Candidate, aim: Aim): number {
  const rule = decidingRule(a, b, aim);
  return rule ? rule.score(a, aim) - rule.score(b, aim) : 0;
}

function decidingRule(a: Candidate, b: Candidate, aim: Aim): SelectionRule | undefined {
  return rules.find(({ score }) => score(a, aim) !== score(b, aim));
}

/** The rule that beat the strongest rival. */
function whyBest(best: Candidate, candidates: readonly Candidate[], aim: Aim): string {
  const rivals = candidates.filter((one) => one !== best);
  if (rivals.length === 0) return 'the only usable address';
  const deciding = rivals.map((rival) => decidingRule(best, rival, aim));
  if (deciding.includes(undefined)) return 'the first of several that are equally good';
  return rules.findLast((rule) => deciding.includes(rule))?.why ?? '';
}

/** Addresses of interfaces that are up, and of the same VRF; only those of the device itself for what stays on the link. */
function candidatesFor({ host, device, destination }: Aim): readonly Candidate[] {
  const own = interfaceNamed(host, device);
  const narrow = staysNear(host, device, destination);
  const interfaces: readonly (Interface | undefined)[] = narrow ? [own] : sameDomain(host, device);
  return interfaces.flatMap((one) =>
    one?.up
      ? addressesOf(one, 6)
          .filter(isUsable)
          .map((entry) => ({ device: one.name, entry }))
      : [],
  );
}

/** In a VRF the outgoing interface comes first, and then the VRF (`ipv6_get_saddr_master`). */
function sameDomain(host: Host, device: string): readonly Interface[] {
  const vrf = vrfOf(host, device);
  const all = interfacesIn(host, vrf);
  if (!vrf) return all;
  const rank = ({ name }: Interface): number => (name === device ? 0 : name === vrf.name ? 1 : 2);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

/** Not while it may be somebody else's too (`net/ipv6/addrconf.c: __ipv6_dev_get_saddr`). */
function isUsable({ tentative, optimistic }: InterfaceAddress): boolean {
  return !tentative || optimistic === true;
}

/** Why an address lost to the one that was chosen. */
export function lostIpv6(aim: Aim, loser: Candidate, chosen: bigint): string {
  const candidates = candidatesFor(aim);
  if (!isUsable(loser.entry))
    return loser.entry.dadFailed ? 'somebody else has it (dadfailed)' : 'not used yet: it is tentative';
  const best = candidates.find(({ entry }) => entry.address.value === chosen);
  if (!best || !candidates.some(({ entry }) => entry === loser.entry))
    return 'no candidate: its interface is down or of another VRF, or the destination is on another link';
  const rule = decidingRule(best, loser, aim);
  const winner = formatAddress({ family: 6, value: chosen });
  return rule ? `${winner} is better: ${rule.why}` : `${winner} stands before it`;
}

function staysNear(host: Host, device: string, destination: bigint): boolean {
  if (isMulticast6(destination) || addressScope(destination) <= linkScope) return true;
  return sysctlNumber(host, 'net.ipv6.conf.*.use_oif_addrs_only', device) !== 0;
}
