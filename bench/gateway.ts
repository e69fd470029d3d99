// A policy of 1,000 rules for the gateway whose connections ./connections.ts makes: networks of clients, a network of
// servers, the world; sets, translation both ways. Of the services of the connections it admits most.
import { clientNetworks, publishedServers } from './connections.ts';
import { generator, type Random } from './generate.ts';

/** The policy with its host, in the policy language. */
export function generateGateway(seed: number): string {
  const random = generator(seed);
  const servers = Array.from({ length: publishedServers }, (_, server) => server);
  return [
    sets(random),
    table('inet filter', {
      'forward hook forward priority filter policy drop': [
        'ct state { established, related } accept',
        'ct state invalid drop',
        'from @blocked drop',
        'iif "lan0" oif "wan0" jump lan_wan',
        'iif "lan0" oif "dmz0" jump lan_dmz',
        'iif "wan0" oif "dmz0" jump wan_dmz',
        'iif "dmz0" oif "wan0" jump dmz_wan',
      ],
      lan_wan: [
        ...Array.from({ length: 644 }, () => departmentRule(random)),
        'tcp dport { 22, 80, 443, 993, 5223, 8443 } accept',
        'udp dport { 53, 123, 443, 3478 } accept',
        'icmp type echo-request accept',
      ],
      lan_dmz: [
        ...Array.from({ length: 187 }, () => serverRule(random)),
        'from @admins tcp dport 22 accept',
        'tcp dport { 80, 443, 8443 } accept',
      ],
      wan_dmz: servers.map((server) => `to 172.16.0.${10 + server} tcp dport 443 accept`),
      dmz_wan: ['tcp dport { 80, 443 } accept', 'udp dport { 53, 123 } accept'],
    }),
    table('ip nat', {
      PREROUTING: servers.map(
        (server) => `iif "wan0" to 203.0.113.${10 + server} tcp dport 443 dnat to 172.16.0.${10 + server}`,
      ),
      POSTROUTING: [
        ...Array.from(
          { length: clientNetworks },
          (_, network) => `from 10.${16 * network}.0.0/12 oif "wan0" snat to 203.0.113.${2 + network}`,
        ),
        ...servers.map(
          (server) => `from 172.16.0.${10 + server} oif "wan0" snat to 203.0.113.${10 + server}`,
        ),
      ],
    }),
    host,
  ].join('\n');
}

function table(name: string, chains: Readonly<Record<string, readonly string[]>>): string {
  const bodies = Object.entries(chains).map(
    ([chain, rules]) => `  chain ${chain} {\n${rules.map((rule) => `    ${rule}\n`).join('')}  }\n`,
  );
  return `table ${name} {\n${bodies.join('\n')}}\n`;
}

function sets(random: Random): string {
  const blocked = Array.from({ length: 1000 }, (_, at) => `192.${at >> 4}.${at & 15}.${random(0, 255)}`);
  const admins = Array.from({ length: 16 }, (_, at) => `10.${16 * (at & 3)}.${at}.0/28`);
  return `set blocked : address = { ${blocked.join(', ')} }\nset admins : address = { ${admins.join(', ')} }\n`;
}

/** What one department of clients may do somewhere, or may not. */
function departmentRule(random: Random): string {
  const from = `10.${random(0, 63)}.${random(0, 255)}.0/24`;
  const to = `198.${18 + random(0, clientNetworks - 1)}.${random(0, 93)}.0/24`;
  const verdict = random(1, 4) === 1 ? 'drop' : 'accept';
  return `from ${from} to ${to} ${port(random)} ${verdict}`;
}

function serverRule(random: Random): string {
  const from = `10.${random(0, 63)}.${16 * random(0, 15)}.0/20`;
  return `from ${from} to 172.16.0.${random(10, 9 + publishedServers)} ${port(random)} accept`;
}

function port(random: Random): string {
  const first = random(20, 9000);
  const range = random(1, 5) === 1 ? `${first}-${first + random(1, 200)}` : first;
  return `${random(1, 3) === 1 ? 'udp' : 'tcp'} dport ${range}`;
}

const host = `host gw {
  interface "lan0" {
    address 10.0.0.1/10
    address fd00:1::1/64
  }
  interface "dmz0" { address 172.16.0.1/24 }
  interface "wan0" {
    address 203.0.113.1/24
    address 2001:db8::1/64
  }
  route default via 203.0.113.254 dev "wan0"
  route default via 2001:db8::ffff dev "wan0"
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}
`;
