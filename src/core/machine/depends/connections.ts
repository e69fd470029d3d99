// What rules want of conntrack and of TCP: room for connections, handshakes, SYN cookies.
import { ctState } from '../../field/ct.ts';
import { tcpFlagBits } from '../../field/transport.ts';
import type { ConnectionLimit } from '../../match/define.ts';
import { findMatch } from '../../match/registry.ts';
import { givenSysctl, sysctlNumber } from '../../topology/sysctl.ts';
import { outcomesOf, type PlacedRule, wantedRanges, wantsOf } from '../placed-rules.ts';
import type { Dependence, Machine } from './define.ts';

const room = 'net.netfilter.nf_conntrack_max';

/** Rules that let more connections be than there is room for, alone or together. */
export function dependsOnRoom({ rules, host }: Machine): readonly Dependence[] {
  const most = givenSysctl(host, room) ?? 0;
  const counts = rules.flatMap((rule) => countsOf(rule).map((count) => ({ rule, ...count })));
  const all = counts.filter(({ each }) => !each).reduce((sum, one) => sum + one.most, 0n);
  return counts.map(({ rule, most: count, each }): Dependence => {
    const isTooMuch = most > 0 && (count >= BigInt(most) || (!each && all >= BigInt(most)));
    const isAlone = count >= BigInt(most);
    return {
      code: 'HK6119',
      sysctl: room,
      what: `counts up to ${count} connections${each ? ' of an address' : ''}`,
      rule,
      needs: `to be more than ${count}`,
      ...(isTooMuch && {
        problem: `the table is full at ${most} connections, before ${isAlone ? 'its count is' : `the counts, together ${all}, are`} reached`,
      }),
      help: `count fewer, or write a greater \`sysctl ${room}\``,
    };
  });
}

function countsOf({ rule }: PlacedRule): readonly ConnectionLimit[] {
  return rule.parts.flatMap((part) =>
    part.kind === 'match' ? (findMatch(part.key)?.counts?.(part.args) ?? []) : [],
  );
}

const invalid = 1n;
const fresh = 8n;

/**
 * A SYN proxy for packets that are INVALID waits for the client's ACK, which belongs to no connection: where connections
 * may be picked up in the middle it is NEW (net/netfilter/nf_conntrack_proto_tcp.c: tcp_new).
 */
export function dependsOnStrictTcp({ rules, host }: Machine): readonly Dependence[] {
  const sysctl = 'net.netfilter.nf_conntrack_tcp_loose';
  const isLoose = sysctlNumber(host, sysctl) !== 0;
  return rules.flatMap((rule): readonly Dependence[] => {
    if (!outcomesOf(rule).some(({ kind }) => kind === 'syn-proxy')) return [];
    const states = wantedRanges(rule, ctState)?.reduce((all, { lo }) => all | lo, 0n) ?? 0n;
    if ((states & invalid) === 0n || (states & fresh) !== 0n) return [];
    return [
      {
        code: 'HK6120',
        sysctl,
        what: 'is a SYN proxy that waits for an INVALID ACK',
        rule,
        needs: 'to be 0',
        ...(isLoose && { problem: 'the ACK that ends the handshake is NEW, and the proxy does not see it' }),
        help: `write \`sysctl ${sysctl} = 0\``,
      },
    ];
  });
}

const syn = 2n;

/** Limits on how often somebody may begin a connection with the host itself. */
export function dependsOnSynCookies({ rules, host }: Machine): readonly Dependence[] {
  const isOff = sysctlNumber(host, 'net.ipv4.tcp_syncookies') === 0;
  return rules.flatMap((rule): readonly Dependence[] => {
    if (!rule.hooks.has('input') || !isForSyn(rule) || !isCounted(rule)) return [];
    return [
      {
        code: 'HK6117',
        sysctl: 'net.ipv4.tcp_syncookies',
        what: 'holds back floods of SYN packets to this host',
        rule,
        needs: 'to be 1',
        ...(isOff && {
          problem:
            'what it lets through still fills the queue of half-open connections, and then others are dropped',
        }),
        help: 'write `sysctl net.ipv4.tcp_syncookies = 1`',
      },
    ];
  });
}

function isForSyn(placed: PlacedRule): boolean {
  return wantsOf(placed, tcpFlagBits).some(
    ({ value }) => value.kind === 'ranges' && value.ranges.some(({ lo, hi }) => lo === syn && hi === syn),
  );
}

function isCounted({ rule }: PlacedRule): boolean {
  return rule.parts.some((part) => part.kind === 'match' && findMatch(part.key)?.stateful === true);
}

/** Ports that are taken again before their time need timestamps to tell old segments. */
export function dependsOnTimestamps({ host }: Machine): readonly Dependence[] {
  const isAsked = givenSysctl(host, 'net.ipv4.tcp_tw_reuse') === 1;
  const isOff = sysctlNumber(host, 'net.ipv4.tcp_timestamps') === 0;
  return isAsked
    ? [
        {
          code: 'HK6118',
          sysctl: 'net.ipv4.tcp_timestamps',
          what: '`net.ipv4.tcp_tw_reuse` is 1',
          needs: 'not to be 0',
          ...(isOff && { problem: '`tcp_tw_reuse` does nothing without timestamps' }),
          help: 'write `sysctl net.ipv4.tcp_timestamps = 1`, or leave `tcp_tw_reuse` out',
        },
      ]
    : [];
}

/** Router advertisements, which a router reads only where it is told to twice. */
export function dependsOnAdvertisements({ host }: Machine): readonly Dependence[] {
  return host.interfaces.flatMap(({ name }): readonly Dependence[] => {
    const sysctl = 'net.ipv6.conf.*.accept_ra';
    const said = givenSysctl(host, sysctl.replace('*', name.replaceAll('.', '/')));
    if (said !== 1) return [];
    const isRouter = sysctlNumber(host, 'net.ipv6.conf.*.forwarding', name) !== 0;
    return [
      {
        code: 'HK6118',
        sysctl,
        device: name,
        what: `router advertisements are read on \`${name}\``,
        needs: 'to be 2 where the interface forwards',
        ...(isRouter && {
          problem: `\`${name}\` forwards IPv6, so that \`accept_ra\` 1 reads no router advertisements there`,
        }),
        help: `write \`sysctl net.ipv6.conf.${name}.accept_ra = 2\``,
      },
    ];
  });
}
