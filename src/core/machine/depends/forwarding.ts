// Rules that are about forwarded packets, and whether the host forwards: `ip_forward`, `forwarding`, `proxy_arp`.
import type { AddressFamily } from '../../datatype/address.ts';
import type { Range } from '../../datatype/range.ts';
import { ctState } from '../../field/ct.ts';
import { inputInterface } from '../../field/meta.ts';
import { ip6Saddr, ipSaddr } from '../../field/network.ts';
import type { FamilyRange, Outcome } from '../../statement/define.ts';
import type { Host } from '../../topology/host.ts';
import { addressesOf, interfaceWith } from '../../topology/inventory.ts';
import { isLoopback4 } from '../../topology/prefix.ts';
import { forwards, givenSysctl, sysctlNumber } from '../../topology/sysctl.ts';
import { fittingDevices, outcomesOf, type PlacedRule, wantedRanges } from '../placed-rules.ts';
import type { Dependence, Machine } from './define.ts';

const switches: Readonly<Record<AddressFamily, string>> = {
  4: 'net.ipv4.ip_forward',
  6: 'net.ipv6.conf.*.forwarding',
};

/** Rules whose packets come to nothing without forwarding. */
export function dependsOnForwarding(machine: Machine): readonly Dependence[] {
  return machine.rules.flatMap((placed) =>
    placed.families.flatMap((family) => {
      const what = outcomesOf(placed).flatMap((outcome) =>
        whatForwards(placed, outcome, family, machine.host),
      );
      return what.slice(0, 1).map((one) => forwarding(machine, placed, family, one));
    }),
  );
}

function forwarding({ host }: Machine, rule: PlacedRule, family: AddressFamily, what: string): Dependence {
  const sysctl = switches[family];
  const problem = isClosed(host, rule, family) ? `it forwards no IPv${family}` : undefined;
  return {
    code: 'HK6112',
    sysctl,
    ...(family === 6 && { device: 'all' }),
    what,
    rule,
    needs: 'to be 1',
    ...(problem !== undefined && { problem }),
    help: `write \`sysctl ${sysctl.replace('*', 'all')} = 1\` into the block of the host`,
  };
}

/** What the rule does that is for forwarded packets only; nothing where it may also be for the host's own. */
function whatForwards(
  placed: PlacedRule,
  outcome: Outcome,
  family: AddressFamily,
  host: Host,
): readonly string[] {
  const { hooks } = placed;
  switch (outcome.kind) {
    case 'accept':
      return hooks.has('forward') && mayBegin(placed) ? ['lets packets pass that are forwarded'] : [];
    case 'destination':
      return hooks.has('prerouting') && isElsewhere(outcome.addresses, family, host)
        ? ['sends what comes in to another host']
        : [];
    case 'source':
      return hooks.has('postrouting') && isOfOthers(placed, family, host)
        ? ['gives packets of other hosts another source']
        : [];
    case 'here':
    case 'syn-proxy':
      return [];
  }
}

const fresh = 8n | 64n;

/** Whether it is also for packets that begin something: answers alone stand in many policies of hosts. */
function mayBegin(placed: PlacedRule): boolean {
  const states = wantedRanges(placed, ctState);
  return !states || states.some(({ lo, hi }) => lo !== hi || (lo & fresh) !== 0n);
}

function isElsewhere(to: FamilyRange | undefined, family: AddressFamily, host: Host): boolean {
  if (to?.family !== family) return false;
  const isOwn = to.lo === to.hi && interfaceWith(host, family, to.lo) !== undefined;
  return !isOwn && !(family === 4 ? isLoopback4(to.lo) : to.lo === 1n);
}

/** It says whose packets, and some of them are not the host's. */
function isOfOthers(placed: PlacedRule, family: AddressFamily, host: Host): boolean {
  const sources = wantedRanges(placed, family === 4 ? ipSaddr : ip6Saddr);
  return sources?.some((range) => !isAllOwn(range, family, host)) ?? false;
}

function isAllOwn({ lo, hi }: Range, family: AddressFamily, host: Host): boolean {
  return lo === hi && interfaceWith(host, family, lo) !== undefined;
}

/**
 * No interface by which its packets may come passes any on. Who says nothing of forwarding is a router only where the
 * rule is for this version of IP alone, or two interfaces have addresses of it.
 */
function isClosed(host: Host, placed: PlacedRule, family: AddressFamily): boolean {
  const devices = fittingDevices(placed, host, inputInterface);
  if (devices.length === 0 || devices.some((name) => forwards(host, name, family) || mayBridge(host, name)))
    return false;
  return isSaid(host, family) || isBetween(host, placed, family);
}

function isBetween({ interfaces }: Host, { families }: PlacedRule, family: AddressFamily): boolean {
  const others = interfaces.filter(({ name }) => name !== 'lo');
  const having = others.filter((one) => addressesOf(one, family).some(({ scope }) => scope === 'global'));
  return having.length > 1 || (families.length === 1 && others.length > 1);
}

function isSaid(host: Host, family: AddressFamily): boolean {
  return [...host.sysctls.keys()].some(
    (name) => name.startsWith(`net.ipv${family}.`) && /\b(?:ip_|force_)?forward(?:ing)?$/.test(name),
  );
}

/** Frames in a bridge pass the forward hook, too, where br_netfilter has them do so. */
function mayBridge(host: Host, device: string): boolean {
  const hasPorts = host.interfaces.some(({ master }) => master === device);
  return hasPorts && givenSysctl(host, 'net.bridge.bridge-nf-call-iptables') !== 0;
}

/** Answers for others, to whom nothing is passed on then. */
export function proxiesWithoutForwarding({ host }: Machine): readonly Dependence[] {
  return host.interfaces.flatMap(({ name }): readonly Dependence[] => {
    if (name === 'lo' || sysctlNumber(host, 'net.ipv4.conf.*.proxy_arp', name) === 0) return [];
    return [
      {
        code: 'HK6114',
        sysctl: 'net.ipv4.conf.*.forwarding',
        device: name,
        what: `\`proxy_arp\` on \`${name}\` answers for hosts behind this one`,
        needs: 'to be 1',
        ...(!forwards(host, name, 4) && {
          problem: `what comes by \`${name}\` is not forwarded, so that \`proxy_arp\` answers nothing there`,
        }),
        help: 'write `sysctl net.ipv4.ip_forward = 1`',
      },
    ];
  });
}
