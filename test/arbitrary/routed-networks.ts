// Random small networks: routers in a row, each with switches, bridges or macvlans full of hosts; routes, sysctls and rules
// that are sometimes wrong, as people's are.
import { makeRandom, type Random } from '../../src/core/policy-test/random.ts';

/** A policy file; the same for the same seed. */
export function routedNetwork(seed: number): string {
  const random = makeRandom(seed);
  const routers = Array.from({ length: 1 + random.below(3) }, (_, at) => makeRouter(at, random));
  return [
    ...routers.flatMap((router) => router.lans.flatMap((lan) => lanText(router, lan, random))),
    ...routers.map((router) => routerText(router, routers, random)),
    ...routers.slice(1).map(({ at }) => `link t${at} { r${at - 1} "right"; r${at} "left" }\n`),
  ].join('\n');
}

interface Router {
  readonly at: number;
  readonly lans: readonly Lan[];
}

interface Lan {
  readonly number: number;
  readonly hosts: number;
  readonly kind: 'switch' | 'bridge' | 'macvlan';
}

function makeRouter(at: number, random: Random): Router {
  const lans = Array.from({ length: 1 + random.below(2) }, (_, lan) => ({
    number: 10 * at + lan + 1,
    hosts: 1 + random.below(3),
    kind: random.pick(['switch', 'switch', 'bridge', 'macvlan'] as const) ?? 'switch',
  }));
  return { at, lans };
}

function address(lan: number, host: number): string {
  return `address 10.0.${lan}.${host}/24; address fd00:${lan}::${host}/64`;
}

function lanText({ at }: Router, lan: Lan, random: Random): readonly string[] {
  const { number, hosts, kind } = lan;
  const names = Array.from({ length: hosts }, (_, host) => `h${number}-${host + 2}`);
  const lower = kind === 'macvlan' ? `base${number}` : undefined;
  const mode = random.pick(['bridge', 'bridge', 'vepa', 'private'] as const) ?? 'bridge';
  const texts = names.map((name, host) =>
    hostText(name, number, host + 2, lower && `type macvlan mode ${mode} link ${lower} "eth0"`, random),
  );
  if (lower !== undefined)
    return [
      ...texts,
      `host ${lower} { interface "eth0" { ${address(number, 99)} } ${gateways(number)} }`,
      `link l${number} { r${at} "lan${number}"; ${lower} "eth0"${random.percent(40) ? '; hairpin' : ''} }`,
    ];
  if (kind === 'switch')
    return [
      ...texts,
      `link l${number} { r${at} "lan${number}"; ${names.map((name) => `${name} "eth0"`).join('; ')} }`,
    ];
  return [...texts, bridgeText(number, names, random), ...bridgeLinks(at, number, names)];
}

function bridgeText(number: number, names: readonly string[], random: Random): string {
  const ports = ['p0', ...names.map((_, at) => `p${at + 1}`)].map(
    (port) =>
      `interface "${port}" { master "br0"${random.percent(15) ? '; isolated' : ''}${random.percent(15) ? '; hairpin' : ''} }`,
  );
  const isStation = random.percent(60);
  const own = isStation ? address(number, 77) : 'mtu 1500';
  const rules = random.percent(40)
    ? `table bridge filter { chain f type filter hook forward priority 0 policy accept { ${random.pick(bridgeRules) ?? ''} } }`
    : '';
  return `host sw${number} { interface "br0" { type bridge; ${own} } ${ports.join('\n')} ${isStation ? gateways(number) : ''} ${rules} }`;
}

const bridgeRules = [
  'ip protocol icmp drop',
  'ether type arp drop',
  'tcp dport 80 drop',
  'ip6 nexthdr icmpv6 drop',
  'iifname "p1" oifname "p2" drop',
] as const;

function bridgeLinks(at: number, number: number, names: readonly string[]): readonly string[] {
  return [
    `link l${number}-0 { r${at} "lan${number}"; sw${number} "p0" }`,
    ...names.map(
      (name, host) => `link l${number}-${host + 1} { ${name} "eth0"; sw${number} "p${host + 1}" }`,
    ),
  ];
}

function gateways(lan: number): string {
  return `route default via 10.0.${lan}.1\nroute default via fd00:${lan}::1\n`;
}

function hostText(name: string, lan: number, host: number, type: string | undefined, random: Random): string {
  const second = random.percent(25) ? `; address 10.0.${lan}.${host + 100}/24` : '';
  const routes = random.percent(92) ? gateways(lan) : '';
  const listen = random.pick(['listen tcp 22, 80', 'listen udp 53', 'listen none'] as const) ?? 'listen none';
  const rules = random.percent(35) ? filterText(random, false) : '';
  return `host ${name} {
  interface "eth0" { ${type ?? 'mtu 1500'}; ${address(lan, host)}${second} }
  ${routes}${listen}
  ${sysctls(random)}
  ${rules}
}`;
}

const wrongSysctls = [
  'net.ipv4.conf.all.rp_filter = 1',
  'net.ipv4.conf.all.rp_filter = 2',
  'net.ipv4.conf.all.arp_ignore = 1',
  'net.ipv4.conf.all.arp_filter = 1',
  'net.ipv4.icmp_echo_ignore_all = 1',
  'net.ipv4.conf.all.proxy_arp = 1',
] as const;

function sysctls(random: Random): string {
  return random.percent(20) ? `sysctl ${random.pick(wrongSysctls) ?? ''}` : '';
}

function routerText({ at, lans }: Router, routers: readonly Router[], random: Random): string {
  const [left, right] = [at > 0, at < routers.length - 1];
  const lines = [
    ...lans.map(({ number }) => `interface "lan${number}" { ${address(number, 1)} }`),
    ...(left ? [side('left', at, 2)] : []),
    ...(right ? [side('right', at + 1, 1)] : []),
    ...routers.flatMap((other) => routesTo(at, other, random)),
    ...(random.percent(93) ? ['sysctl net.ipv4.ip_forward = 1'] : []),
    ...(random.percent(93) ? ['sysctl net.ipv6.conf.all.forwarding = 1'] : []),
    sysctls(random),
    ...(random.percent(60) ? [filterText(random, true)] : []),
    ...(random.percent(50) ? [natText(lans, left, random)] : []),
  ];
  return `host r${at} {\n${lines.join('\n')}\n}`;
}

function side(name: string, link: number, end: number): string {
  return `interface "${name}" { address 172.16.${link}.${end}/30; address fd01:${link}::${end}/64 }`;
}

/** Mostly those that are right; some are missing, or refuse. */
function routesTo(at: number, other: Router, random: Random): readonly string[] {
  if (other.at === at) return [];
  const [link, end] = other.at > at ? [at + 1, 2] : [at, 1];
  return other.lans.flatMap(({ number }) => {
    if (random.percent(6)) return [];
    if (random.percent(5))
      return [
        `route ${random.pick(['unreachable', 'blackhole', 'prohibit'] as const) ?? 'blackhole'} 10.0.${number}.0/24`,
      ];
    return [
      `route 10.0.${number}.0/24 via 172.16.${link}.${end}`,
      ...(random.percent(90) ? [`route fd00:${number}::/64 via fd01:${link}::${end}`] : []),
    ];
  });
}

const conditions = [
  'ct state established,related accept',
  'ct state invalid drop',
  'icmp type echo-request accept',
  'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept',
  'icmpv6 type echo-request drop',
  'tcp dport 22 accept',
  'tcp dport 80 reject with tcp reset',
  'udp dport 53 reject',
  'udp dport 53 accept',
  'ip saddr 10.0.1.0/24 accept',
  'ip daddr 10.0.1.3 drop',
  'ip6 daddr fd00:1::/64 drop',
  'ct state new tcp dport 22 drop',
  'ct status dnat accept',
] as const;

function filterText(random: Random, forwards: boolean): string {
  const hook = forwards
    ? (random.pick(['forward', 'forward', 'input', 'prerouting'] as const) ?? 'forward')
    : (random.pick(['input', 'output'] as const) ?? 'input');
  const policy = random.percent(30) ? 'drop' : 'accept';
  const rules = Array.from({ length: 1 + random.below(5) }, () => random.pick(conditions) ?? '');
  return `table inet filter {
  chain base type filter hook ${hook} priority 0 policy ${policy} {
    ${[...new Set(rules)].join('\n    ')}
  }
}`;
}

function natText(lans: readonly Lan[], left: boolean, random: Random): string {
  const [lan] = lans;
  const number = lan?.number ?? 1;
  const outside = left ? 'left' : `lan${number}`;
  const post = random.percent(70)
    ? `oifname "${outside}" masquerade`
    : `ip saddr 10.0.${number}.0/24 snat to 10.0.${number}.1`;
  const pre = random.percent(60)
    ? `tcp dport 8080 dnat to 10.0.${number}.2:80`
    : `ip daddr 10.0.${number}.1 udp dport 53 dnat to 10.0.${number}.2`;
  return `table ip nat {
  chain pre type nat hook prerouting priority dstnat policy accept { ${pre} }
  chain post type nat hook postrouting priority srcnat policy accept { ${post} }
}`;
}
