// A condition said of all packets at once says of each packet what evaluating it on that packet says: of those of the
// fixtures, and of drawn ones. Where nobody can tell, it depends on something that it names.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableLookups } from '../../src/core/analyse/condition.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import type { PacketView } from '../../src/core/field/view.ts';
import type { Truth } from '../../src/core/match/define.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { isIp } from '../../src/core/packet/packet.ts';
import { views } from '../arbitrary/views.ts';
import { type Asked, askedBy, freeOf, nodeOf } from '../support/all-packets.ts';
import { viewFrom } from '../support/packet-view.ts';
import { seed } from '../support/seed.ts';
import { type SpellingFixture, spellingFixtures, textsOf } from '../support/spelling-fixture.ts';

const fixtures = spellingFixtures('match');
const answers = ['match', 'no match', 'unknown', 'assumed'] as const;
const drawnViews = fc.sample(views, { seed, numRuns: 500 });

/** So many of them for each condition. */
const drawnEach = Number(process.env['HOOKLINE_RUNS'] ?? 6);

function drawnFor(index: number): readonly PacketView[] {
  const at = (index * drawnEach) % drawnViews.length;
  return [...drawnViews, ...drawnViews].slice(at, at + drawnEach);
}

function truthOf({ condition, table }: Asked, view: PacketView): Truth {
  const definition = findMatch(condition.key);
  if (!definition) throw new Error(condition.key);
  if (definition.family && !isIp(view.packet)) return { result: false, actual: 'no IP packet' };
  return definition.evaluate(condition.args, { view, ...tableLookups(table) });
}

type Said = 'yes' | 'no' | 'either';

/** What is said of all packets that look like this one. */
function saidOf({ space }: Asked, node: Node, view: PacketView): Said {
  const seen = space.seen(view);
  if (space.bdd.implies(seen, node)) return 'yes';
  return space.bdd.intersects(seen, node) ? 'either' : 'no';
}

/** Undefined where both agree. */
function difference(asked: Asked, view: PacketView): string | undefined {
  const truth = truthOf(asked, view);
  const node = nodeOf(asked, view.hook);
  const said = saidOf(asked, node, view);
  const allowed: Said[] =
    truth.result === 'unknown' || truth.result === 'assumed' ? ['either'] : [truth.result ? 'yes' : 'no'];
  const isFree = asked.space.freeIn(node).length > 0;
  if (allowed.includes(said) || (isFree && said === 'either')) return undefined;
  return `${said}, not ${JSON.stringify(truth)} of ${show(view)}`;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? `0x${one.toString(16)}` : one,
  );
}

for (const [index, fixture] of fixtures.entries())
  describe(fixture.name.replaceAll('-', ' '), () => {
    for (const [place, one] of fixture.cases.entries())
      test(`${one.title}: said of all packets`, () => {
        const asked = askedBy(fixture, one);
        if (!asked) return;
        const packets = answers.flatMap((answer) => textsOf(one, answer));
        const all = [...packets.map((packet) => viewFrom(packet, fixture.chain)), ...drawnFor(index + place)];
        expect(all.flatMap((view) => difference(asked, view) ?? [])).toEqual([]);
      });
  });

/** Whether the conditions of a fixture depend on the packet and its connection alone. */
function exactness(fixture: SpellingFixture): string {
  const free = fixture.cases.filter((one) => freeOf(fixture, one).length > 0).length;
  if (free === 0) return 'exact';
  return free === fixture.cases.length ? 'free' : `free in ${free} of ${fixture.cases.length} cases`;
}

test('which matches are exact', () => {
  expect(fixtures.map((fixture) => `${fixture.name}: ${exactness(fixture)}`)).toMatchInlineSnapshot(`
    [
      "addrtype: free",
      "ah: free",
      "ah-hdrlength: free",
      "ah-nexthdr: free",
      "ah-reserved: free",
      "ah-sequence: free",
      "ah-spi: free",
      "arp-daddr-ether: free",
      "arp-daddr-ip: free",
      "arp-hlen: free",
      "arp-htype: free",
      "arp-operation: free",
      "arp-plen: free",
      "arp-ptype: free",
      "arp-saddr-ether: free",
      "arp-saddr-ip: free",
      "bits: free in 1 of 3 cases",
      "bpf: free",
      "cgroup: free",
      "cluster: free",
      "comment: exact",
      "comp-cpi: free",
      "comp-flags: free",
      "comp-nexthdr: free",
      "concatenation: exact",
      "connbytes: free",
      "connlabel: free",
      "connlimit: free",
      "conntrack: free in 1 of 6 cases",
      "cpu: free",
      "ct-avgpkt: free",
      "ct-bytes: free",
      "ct-count: free",
      "ct-direction: exact",
      "ct-expiration: free",
      "ct-helper: free",
      "ct-id: free",
      "ct-l3proto: exact",
      "ct-label: free",
      "ct-mark: exact",
      "ct-original-avgpkt: free",
      "ct-original-bytes: free",
      "ct-original-ip-daddr: exact",
      "ct-original-ip-saddr: exact",
      "ct-original-ip6-daddr: exact",
      "ct-original-ip6-saddr: exact",
      "ct-original-packets: free",
      "ct-original-proto-dst: exact",
      "ct-original-proto-src: exact",
      "ct-original-protocol: exact",
      "ct-original-zone: exact",
      "ct-packets: free",
      "ct-protocol: exact",
      "ct-reply-avgpkt: free",
      "ct-reply-bytes: free",
      "ct-reply-ip-daddr: exact",
      "ct-reply-ip-saddr: exact",
      "ct-reply-ip6-daddr: exact",
      "ct-reply-ip6-saddr: exact",
      "ct-reply-packets: free",
      "ct-reply-proto-dst: exact",
      "ct-reply-proto-src: exact",
      "ct-reply-protocol: exact",
      "ct-reply-zone: exact",
      "ct-state: exact",
      "ct-status: exact",
      "ct-zone: exact",
      "dccp: free",
      "dccp-dport: free",
      "dccp-sport: free",
      "dccp-type: free",
      "devgroup: free",
      "dst: free",
      "ecn: free",
      "esp: free",
      "esp-sequence: free",
      "esp-spi: free",
      "ether-daddr: free",
      "ether-saddr: free",
      "ether-type: free",
      "eui64: free",
      "exthdr: free",
      "fib: free",
      "frag: free",
      "fragment: exact",
      "hashlimit: free",
      "hbh: free",
      "helper: free",
      "icmp-checksum: free",
      "icmp-code: exact",
      "icmp-gateway: free",
      "icmp-id: exact",
      "icmp-mtu: free",
      "icmp-sequence: exact",
      "icmp-type: exact",
      "icmp-type-code: exact",
      "icmpv6-checksum: free",
      "icmpv6-code: exact",
      "icmpv6-id: exact",
      "icmpv6-max-delay: free",
      "icmpv6-mtu: free",
      "icmpv6-parameter-problem: free",
      "icmpv6-sequence: exact",
      "icmpv6-type: exact",
      "icmpv6-type-code: exact",
      "igmp-checksum: free",
      "igmp-group: free",
      "igmp-mrt: free",
      "igmp-type: free",
      "iifname: exact",
      "ip-checksum: free",
      "ip-daddr: exact",
      "ip-dscp: exact",
      "ip-ecn: exact",
      "ip-frag-off: exact",
      "ip-hdrlength: free",
      "ip-id: exact",
      "ip-length: exact",
      "ip-option: free",
      "ip-protocol: exact",
      "ip-saddr: exact",
      "ip-ttl: exact",
      "ip-version: exact",
      "ip6-daddr: exact",
      "ip6-dscp: exact",
      "ip6-ecn: exact",
      "ip6-flowlabel: free",
      "ip6-hoplimit: exact",
      "ip6-length: exact",
      "ip6-nexthdr: exact",
      "ip6-saddr: exact",
      "ip6-version: exact",
      "ipcomp: free",
      "iprange: exact",
      "ipsec: free",
      "ipv6header: free",
      "ipvs: free",
      "jhash: free",
      "limit: free",
      "mac: free",
      "match-set: free",
      "meta-cgroup: free",
      "meta-cpu: free",
      "meta-day: free",
      "meta-hour: free",
      "meta-ibrname: free",
      "meta-ibrpvid: free",
      "meta-ibrvproto: free",
      "meta-iif: exact",
      "meta-iifgroup: free",
      "meta-iifkind: free",
      "meta-iiftype: free",
      "meta-ipsec: free",
      "meta-l4proto: exact",
      "meta-length: exact",
      "meta-mark: exact",
      "meta-nfproto: exact",
      "meta-obrname: free",
      "meta-oif: exact",
      "meta-oifgroup: free",
      "meta-oifkind: free",
      "meta-oiftype: free",
      "meta-pkttype: exact",
      "meta-priority: free",
      "meta-protocol: exact",
      "meta-random: free",
      "meta-rtclassid: free",
      "meta-sdif: free",
      "meta-sdifname: free",
      "meta-skgid: exact",
      "meta-skuid: exact",
      "meta-time: free",
      "mh: free",
      "multiport: free",
      "nfacct: exact",
      "numgen: free",
      "oifname: exact",
      "osf: free",
      "osf-name: free",
      "owner: free",
      "physdev: free",
      "policy: free",
      "quota: free",
      "rateest: free",
      "raw: free",
      "realm: free",
      "recent: free",
      "rpfilter: free",
      "rt: free",
      "rt-classid: free",
      "rt-ip-nexthop: free",
      "rt-ip6-nexthop: free",
      "rt-ipsec: free",
      "rt-mtu: free",
      "sctp: free",
      "sctp-checksum: free",
      "sctp-chunk: free",
      "sctp-dport: free",
      "sctp-sport: free",
      "sctp-vtag: free",
      "socket: free",
      "socket-cgroupv2: free",
      "socket-mark: free",
      "socket-transparent: free",
      "socket-wildcard: free",
      "srh: free",
      "state: exact",
      "statistic: free",
      "string: free",
      "symhash: free",
      "tcp-ackseq: exact",
      "tcp-checksum: free",
      "tcp-doff: free",
      "tcp-dport: exact",
      "tcp-flags: exact",
      "tcp-option: free",
      "tcp-option-field: free",
      "tcp-reserved: free",
      "tcp-sequence: exact",
      "tcp-sport: exact",
      "tcp-urgptr: free",
      "tcp-window: exact",
      "tcpmss: free",
      "th-dport: free",
      "th-sport: free",
      "time: free",
      "tos: exact",
      "u32: free",
      "udp-checksum: free",
      "udp-dport: exact",
      "udp-length: free",
      "udp-sport: exact",
      "udplite-checksum: free",
      "udplite-csumcov: free",
      "udplite-dport: exact",
      "udplite-sport: exact",
      "vlan-dei: free",
      "vlan-id: free",
      "vlan-pcp: free",
      "vlan-type: free",
    ]
  `);
});
