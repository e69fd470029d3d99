// What a rule sees of a packet, from one line: a packet spec, and behind `;` what conntrack has of it, such as
// `ct established reply mark 0x10 status assured dnat`, that it is on the `host` below, and the time: `at 2030-01-31`.
import { type CtState, ctStatus, defaultZone, type Entry } from '../../src/core/conntrack/entry.ts';
import type { Tuple } from '../../src/core/conntrack/tuple.ts';
import { parseTime } from '../../src/core/datatype/time.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { ConntrackView, PacketView } from '../../src/core/field/view.ts';
import { ipHooks } from '../../src/core/hook/hook.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { routingFacts } from '../../src/core/topology/fib.ts';
import { policyOf } from './policy.ts';

const packetTypes = { host: 0, broadcast: 1, multicast: 2, other: 3 } as const;

const [host] = policyOf(`host gw {
  interface "eth0" { address 10.0.0.1/24; address 2001:db8::1/64 }
  interface "eth1" { address 192.0.2.1/24; address 2001:db8:1::1/64 }
  route default via 192.0.2.254 dev "eth1"
  route unreachable 198.18.0.0/15
  route prohibit 2001:db8:bad::/48
  route 2001:db8:2::/48 dev "eth1"
}`).hosts;

/** The view at the hook of a built-in chain. */
export function viewFrom(text: string, chain: string): PacketView {
  const [spec = '', ...facts] = text.split(';').map((part) => part.trim());
  const ct = facts.find((fact) => fact.startsWith('ct '));
  const time = facts.find((fact) => fact.startsWith('at '))?.slice(3);
  const injection = injectionFrom(spec);
  return {
    packet: injection.packet,
    hook: ipHooks.find((hook) => hook === chain.toLowerCase()) ?? 'forward',
    iif: injection.iif,
    oif: injection.oif,
    mark: injection.mark ?? 0,
    ...ownerOf(injection),
    pkttype: packetTypes[injection.pkttype ?? 'host'],
    ct: ct === undefined ? undefined : conntrackFrom(ct),
    unknown: {},
    ...(facts.includes('host') && host && { routing: routingFacts(host) }),
    ...(time !== undefined && { clock: parseTime(time) }),
  };
}

function injectionFrom(text: string): Injection {
  const { value, diagnostics } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

function ownerOf({ direction, skuid, skgid }: Injection): Pick<PacketView, 'skuid' | 'skgid'> {
  if (direction === 'in') return { skuid: undefined };
  return {
    skuid: skuid ?? { unknown: 'the sending user was not given' },
    ...(skgid !== undefined && { skgid }),
  };
}

const states: readonly CtState[] = ['new', 'established', 'related', 'invalid', 'untracked'];

function conntrackFrom(text: string): ConntrackView {
  const words = text.split(/\s+/);
  const state = states.find((one) => words.includes(one)) ?? 'invalid';
  const tracked = state !== 'invalid' && state !== 'untracked';
  return {
    state,
    direction: words.includes('reply') ? 'reply' : 'original',
    entry: tracked ? entryFrom(words) : undefined,
  };
}

const anyTuple: Tuple = {
  family: 4,
  protocol: 6,
  source: 1n,
  destination: 2n,
  layer4: { kind: 'ports', sport: 0, dport: 0 },
};

function entryFrom(words: readonly string[]): Entry {
  const bits = Object.entries(ctStatus).filter(([name]) => words.includes(name));
  return {
    original: anyTuple,
    reply: anyTuple,
    status: bits.reduce((sum, [, bit]) => sum | bit, 0),
    mark: words.includes('mark') ? Number(words[words.indexOf('mark') + 1]) : 0,
    zone: defaultZone,
  };
}
