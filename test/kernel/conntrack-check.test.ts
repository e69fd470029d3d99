// What `conntrack check` says of ten thousand real connections, held against what the kernel does with their packets when
// the policy is another one: with further packets of each, and with its first packet once more.
import { beforeAll, expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import type { DumpedEntry } from '../../src/core/conntrack/dumped.ts';
import { hasStatus } from '../../src/core/conntrack/entry.ts';
import { formatTuple } from '../../src/core/conntrack/format.ts';
import { portKey } from '../../src/core/conntrack/nat-port.ts';
import { invert, type Tuple, tupleKey } from '../../src/core/conntrack/tuple.ts';
import { type CheckedConnection, checkerOf } from '../../src/core/conntrack-check/check.ts';
import { connectionPackets } from '../../src/core/conntrack-check/connection.ts';
import { expectedCheckerOf } from '../../src/core/conntrack-check/expected.ts';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import type { Packet } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import type { TraceRequest } from '../../src/core/trace/run.ts';
import type { Lab, LabHost } from '../../src/host/lab/lab.ts';
import { policyOf } from '../support/policy.ts';
import { entriesOf } from './support/foretold.ts';
import { openNetwork } from './support/lab.ts';
import { gatewayText, range, sendFrom, serve, talk, threeHosts } from './support/many-connections.ts';
import { describeKernel } from './support/require.ts';

const forward = `
    ct state invalid drop
    iifname "lan0" oifname "wan0" tcp dport 21 ct helper set "ftp" accept`;

/** The rules that the connections are made under. */
const before = policyOf(`${gatewayText}
table inet filter {
  ct helper ftp { type "ftp"; protocol tcp }
  chain input hook input priority filter policy drop {
    ct state established,related accept
    iifname "lan0" udp dport 5000-5019 accept
    icmp type echo-request accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
  }
  chain forward hook forward priority filter policy drop {
    ct state established,related accept${forward}
    iifname "lan0" oifname "wan0" accept
    ct status dnat accept
  }
}
table ip nat {
  chain pre type nat hook prerouting priority dstnat {
    daddr 203.0.113.1 tcp dport 8080 dnat to 10.0.0.2:80
    daddr 203.0.113.1 udp dport 8053 dnat to 10.0.0.2:5053
  }
  chain post type nat hook postrouting priority srcnat {
    oifname "wan0" saddr 10.0.0.3 snat to 203.0.113.5
    oifname "wan0" masquerade
    oifname "lan0" saddr 10.0.0.0/24 masquerade
  }
}
`);

/** Rules that admit less, let less go on, and translate otherwise. */
const after = policyOf(
  `${gatewayText}
table inet raw {
  chain early hook prerouting priority raw { udp dport 7058-7059 drop }
}
table inet filter {
  ct helper ftp { type "ftp"; protocol tcp }
  chain input hook input priority filter policy drop {
    ct state established,related accept
    iifname "lan0" udp dport 5000-5009 accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
  }
  chain forward hook forward priority filter policy drop {
    udp dport 7050-7055 drop
    udp sport 7056-7057 reject
    ct state established,related accept${forward}
    iifname "lan0" oifname "wan0" tcp dport 7000-7019 saddr 10.0.0.2 accept
    iifname "lan0" oifname "wan0" udp dport 7010-7059 accept
    iifname "lan0" oifname "lan0" ct status dnat accept
  }
  chain output hook output priority filter { udp dport 7003 drop }
}
table inet late {
  chain forward hook forward priority 10 { udp dport 7020 reject }
  chain post hook postrouting priority 110 { udp dport 7021 ct state new drop }
}
table ip nat {
  chain pre type nat hook prerouting priority dstnat {
    iifname "lan0" daddr 203.0.113.1 tcp dport 8080 dnat to 10.0.0.2:80
    iifname "lan0" udp dport 7030 dnat to 203.0.113.254:7031
  }
  chain post type nat hook postrouting priority srcnat {
    oifname "wan0" udp dport 7032-7034 snat to 203.0.113.5:2000-60999
    oifname "wan0" udp dport 7035 masquerade to :20000-60999 fully-random
    oifname "wan0" masquerade
    oifname "lan0" saddr 10.0.0.0/24 masquerade
  }
}
`,
  'HK4006',
);

const [tcpPorts, udpPorts] = [range(7000, 7039), range(7000, 7059)];

/** Everything that lan, wan and the gateway say; ten thousand and some more. */
async function everybodyTalks(lab: Lab): Promise<number> {
  const [lan, wan, gw] = ['lan', 'wan', 'gw'].map((name) => lab.host(name));
  if (!lan || !wan || !gw) throw new Error('the lab has three hosts');
  await using stack = new AsyncDisposableStack();
  stack.use(await serve(wan, [21, ...udpPorts]));
  stack.use(await serve(lan, [80, 5053]));
  stack.use(await serve(gw, range(5000, 5019)));
  const from = ['10.0.0.2', '10.0.0.3'];
  const [near, far] = ['2001:db8:1::2', '2001:db8:2::2'];
  const said = await Promise.all([
    talk(lan, [
      { transport: 'tcp', from, to: '203.0.113.254', ports: tcpPorts, each: 50 },
      { transport: 'udp', from, to: '203.0.113.254', ports: udpPorts, each: 38 },
      { transport: 'tcp', from: [near], to: far, ports: tcpPorts, each: 5 },
      { transport: 'udp', from: [near], to: far, ports: udpPorts, each: 20 },
      { transport: 'udp', from, to: '10.0.0.1', ports: range(5000, 5019), each: 2 },
      { transport: 'tcp', from: ['10.0.0.3'], to: '203.0.113.1', ports: [8080], each: 30 },
      { transport: 'ftp', from: ['10.0.0.2'], to: '203.0.113.254' },
    ]),
    talk(wan, [
      { transport: 'tcp', from: ['198.51.100.9'], to: '203.0.113.1', ports: [8080], each: 60 },
      { transport: 'udp', from: ['198.51.100.9'], to: '203.0.113.1', ports: [8053], each: 60 },
    ]),
    talk(gw, [{ transport: 'udp', from: ['203.0.113.1'], to: '203.0.113.254', ports: udpPorts, each: 1 }]),
    sendFrom(
      lan,
      range(1, 20).flatMap((id) => echoRequests(id)),
    ),
  ]);
  return said.slice(0, 3).reduce<number>((sum, one) => sum + Number(one), 0) + 40;
}

function echoRequests(id: number): readonly Packet[] {
  return ['203.0.113.254', '10.0.0.1'].flatMap((to) => {
    const text = `in lan0 icmp 10.0.0.2 -> ${to} echo-request id ${id}`;
    return parsePacketSpec({ name: 'packet', text }).value?.packet ?? [];
  });
}

async function load(gateway: LabHost, { ruleSet }: Policy): Promise<void> {
  const { value = '' } = compile(ruleSet, 'nft');
  await gateway.run('nft', ['-f', '-'], { input: `flush ruleset\n${value}` });
}

/** What the gateway tracks, without what belongs to no program. */
async function list(gateway: LabHost): Promise<readonly DumpedEntry[]> {
  const listings: string[] = [];
  for (const family of ['ipv4', 'ipv6'])
    listings.push(await gateway.run('conntrack', ['-L', '-f', family, '-o', 'extended,id']));
  return entriesOf(listings.join('\n').trim());
}

/** Whoever has the source of a packet. */
function senderOf({ source, family }: Packet): 'lan' | 'wan' | 'gw' {
  const address = formatAddress({ family, value: source });
  if (['10.0.0.2', '10.0.0.3', '2001:db8:1::2'].includes(address)) return 'lan';
  return ['198.51.100.9', '203.0.113.254', '2001:db8:2::2'].includes(address) ? 'wan' : 'gw';
}

async function sendAll(lab: Lab, packets: readonly Packet[]): Promise<void> {
  for (const name of ['lan', 'wan', 'gw'] as const)
    await sendFrom(
      lab.host(name),
      packets.filter((packet) => senderOf(packet) === name),
    );
}

/** Notes whatever comes, and answers nothing. */
const watching = `table inet watching {
  set four { type ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service; size 65536; flags dynamic; }
  set six { type ipv6_addr . ipv6_addr . inet_proto . inet_service . inet_service; size 65536; flags dynamic; }
  chain come {
    type filter hook prerouting priority -450; policy accept;
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    meta l4proto { tcp, udp } add @four { ip saddr . ip daddr . meta l4proto . th sport . th dport }
    meta l4proto { tcp, udp } add @six { ip6 saddr . ip6 daddr . meta l4proto . th sport . th dport }
    drop
  }
}
`;

/** The tuples that have come to a host, as `addresses protocol ports`. */
async function seenBy(host: LabHost): Promise<ReadonlySet<string>> {
  const texts = await Promise.all(
    ['four', 'six'].map((set) => host.run('nft', ['list', 'set', 'inet', 'watching', set])),
  );
  const found = texts.join().matchAll(/([\da-f.:]+) \. ([\da-f.:]+) \. (\w+) \. (\d+) \. (\d+)/g);
  return new Set([...found].map(([, ...words]) => words.join(' ')));
}

/** A tuple in the same words. */
function seenAs({ family, protocol, source, destination, layer4 }: Tuple): string {
  const [from, to] = [source, destination].map((value) => formatAddress({ family, value }));
  const ports = layer4.kind === 'ports' ? `${layer4.sport} ${layer4.dport}` : '';
  return `${from} ${to} ${protocol === 6 ? 'tcp' : 'udp'} ${ports}`;
}

/** Both directions: as the packets of each leave the gateway. */
function leaving({ original, reply }: DumpedEntry): readonly string[] {
  return [reply, original].flatMap((tuple) => {
    const sent = invert(tuple);
    return sent ? [seenAs(sent)] : [];
  });
}

function isForwarded({ entry, from, to }: CheckedConnection): boolean {
  return entry.original.layer4.kind === 'ports' && from !== 'self' && to !== 'self' && to !== undefined;
}

/** Whether it is one of thousands of its kind. */
function isOfMany({ original: { layer4 } }: DumpedEntry): boolean {
  return layer4.kind === 'ports' && layer4.dport >= 7000 && layer4.dport < 7060;
}

interface Played {
  readonly said: number;
  readonly listed: readonly DumpedEntry[];
  /** Those that the kernel says were expected. */
  readonly expected: readonly DumpedEntry[];
  /** What came to the other hosts when further packets of all were sent. */
  readonly seen: ReadonlySet<string>;
  /** What is tracked when the first packets were sent again. */
  readonly again: readonly DumpedEntry[];
}

function packetOf({ injection }: TraceRequest): Packet {
  return injection.packet;
}

async function play(): Promise<Played> {
  await using lab = await openNetwork(threeHosts);
  const [lan, wan, gateway] = ['lan', 'wan', 'gw'].map((name) => lab.host(name));
  if (!lan || !wan || !gateway) throw new Error('the lab has three hosts');
  await load(gateway, before);
  const said = await everybodyTalks(lab);
  const listed = await list(gateway);
  const expected = entriesOf((await gateway.run('conntrack', ['-L', '-f', 'ipv4', '-u', 'EXPECTED'])).trim());
  await load(gateway, after);
  for (const host of [lan, wan]) await host.run('nft', ['-f', '-'], { input: watching });
  const packets = listed.map((entry) =>
    connectionPackets({ ruleSet: after.ruleSet, host: after.hosts[0] }, entry),
  );
  await sendAll(
    lab,
    packets.flatMap(({ original, reply }) => [packetOf(original), packetOf(reply)]),
  );
  const seen = new Set([...(await seenBy(lan)), ...(await seenBy(wan))]);
  await gateway.run('conntrack', ['-F']);
  await sendAll(
    lab,
    packets.map(({ fresh }) => packetOf(fresh)),
  );
  return { said, listed, expected, seen, again: await list(gateway) };
}

function keyOf({ original }: { readonly original: Tuple }): string {
  return tupleKey(original);
}

describeKernel('ten thousand connections and another policy', ['nft', 'conntrack'], () => {
  let played: Played;
  let checked: readonly CheckedConnection<DumpedEntry>[];
  const check = checkerOf(after.ruleSet, after.hosts[0]);

  beforeAll(async () => {
    played = await play();
    checked = played.listed.map((entry) => check(entry));
  }, 120_000);

  test('every connection that was made is tracked', () => {
    const { said, listed } = played;
    expect(said).toBeGreaterThan(10_000);
    expect(listed.length).toBe(said);
    expect(listed.some((entry) => entry.helper === 'ftp')).toBe(true);
    expect(listed.filter((entry) => hasStatus(entry, 'snat') && hasStatus(entry, 'dnat')).length).toBe(30);
  });

  test('under the rules that they were made under all are admitted, and translated as ruled', () => {
    const made = checkerOf(before.ruleSet, before.hosts[0]);
    const misfits = played.listed
      .filter((entry, at) => at % 5 === 0 || !isOfMany(entry))
      .map((entry) => made(entry))
      .filter(
        ({ admission, survival, translation }) =>
          `${admission} ${survival} ${translation.verdict}` !== 'admitted passes as-ruled',
      )
      .map(({ entry }) => entry.raw);
    // The server of FTP connected to the client: its connection was expected.
    expect(misfits).toEqual([expect.stringMatching(/src=203\.0\.113\.254 .* sport=20 /)]);
  });

  test('what a helper has had expected is admitted as related, where that is known', () => {
    const { expected } = played;
    expect(expected).toHaveLength(2);
    const [made, now] = [before, after].map(({ ruleSet, hosts }) => expectedCheckerOf(ruleSet, hosts[0]));
    for (const entry of expected) {
      expect(made?.(entry)).toMatchObject({ admission: 'admitted', survival: 'passes' });
      expect(now?.(entry)).toMatchObject({ admission: 'admitted' });
    }
  });

  test('stale are exactly those whose first packet does not pass again', () => {
    const tracked = new Set(played.again.map(keyOf));
    const failing = played.listed.filter((entry) => !tracked.has(keyOf(entry)));
    const stale = checked.filter(({ admission }) => admission === 'stale').map(({ entry }) => entry);
    expect(stale.map(({ raw }) => raw).toSorted()).toEqual(failing.map(({ raw }) => raw).toSorted());
    expect(checked.filter(({ admission }) => admission === 'depends')).toEqual([]);
    expect(stale.length).toBeGreaterThan(1000);
    expect(stale.length).toBeLessThan(played.listed.length - 1000);
  });

  test('what is expected of translations is what the kernel then gives', () => {
    const now = new Map(played.again.map((entry) => [keyOf(entry), entry]));
    const replies = new Map(played.listed.map((entry) => [keyOf(entry), formatTuple(entry.reply)]));
    const others = played.again.filter((entry) => replies.get(keyOf(entry)) !== formatTuple(entry.reply));
    expect(others.length).toBeGreaterThan(100);
    const surprising = others.filter((entry) => check(entry).translation.verdict !== 'as-ruled');
    expect(surprising.map(({ raw }) => raw)).toEqual([]);
    const wrong = checked.filter(({ admission, entry, translation }) => {
      const given = now.get(keyOf(entry));
      if (admission !== 'admitted' || !given) return false;
      const isSame = ends(given) === ends(entry);
      return translation.verdict !== (isSame ? 'as-ruled' : 'drift');
    });
    expect(wrong.map(({ entry }) => entry.raw)).toEqual([]);
    expect(checked.filter(({ translation }) => translation.verdict === 'drift').length).toBeGreaterThan(100);
  });

  test('those go on of which it is said', () => {
    const forwarded = checked.filter(isForwarded);
    const wrong = forwarded.filter(({ entry, survival }) => {
      const passes = leaving(entry).every((text) => played.seen.has(text));
      return survival !== (passes ? 'passes' : 'cut');
    });
    expect(wrong.map(({ entry, survival }) => `${survival} ${entry.raw}`)).toEqual([]);
    const cut = forwarded.filter(({ survival }) => survival === 'cut').length;
    expect(cut).toBeGreaterThan(500);
    expect(cut).toBeLessThan(forwarded.length - 500);
  });
});

/** Both ends as the other side sees them, without the port that the kernel may have chosen. */
function ends({ reply }: DumpedEntry): string {
  return `${reply.source} ${portKey(reply, 'source')} ${reply.destination}`;
}
