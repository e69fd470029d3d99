// Rule sets in the manner of a real one that grew for years: a backbone with a network behind each interface, whose packets
// are sent through two chains of its own, one with the hardware addresses that may send from each host and one with the
// services that each host offers. The same seed gives the same rules.
import { generator, type Random } from './generate.ts';

/** So many rules, none or at least 100, as `iptables-save` writes them. */
export function generateCampus(count: number, seed: number): string {
  const random = generator(seed);
  const networks: Network[] = [];
  for (let left = count - always.length; left > 0; ) {
    const network = makeNetwork(random, networks.length, left > 200 ? random(40, 160) : left);
    networks.push(network);
    left -= network.forward.length + network.own.length;
  }
  const names = networks.flatMap(({ id }) => [`mac_${id}`, `filter_${id}`]);
  const rules =
    count === 0 ? [] : [...always, ...networks.flatMap(({ forward, own }) => [...forward, ...own])];
  return [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...['LOG_DROP', 'FOREIGN', 'DEFAULT', ...names].map((name) => `:${name} - [0:0]`),
    ...rules,
    'COMMIT',
    '',
  ].join('\n');
}

interface Network {
  readonly id: number;
  readonly forward: readonly string[];
  readonly own: readonly string[];
}

/** What is there however many networks there are. */
const always: readonly string[] = [
  '-A FORWARD -m state --state RELATED,ESTABLISHED,UNTRACKED -j ACCEPT',
  '-A FORWARD -m recent --update --seconds 60 --name attackers --rsource -j LOG_DROP',
  '-A FORWARD -s 127.0.0.0/8 -j LOG_DROP',
  '-A FORWARD -i uplink -j FOREIGN',
  '-A FOREIGN -s 10.0.0.0/8 -j LOG_DROP',
  '-A FOREIGN -j RETURN',
  '-A LOG_DROP -m limit --limit 100/min -j LOG --log-prefix "dropped: "',
  '-A LOG_DROP -j DROP',
  '-A DEFAULT -p icmp -j ACCEPT',
  '-A DEFAULT -m limit --limit 100/min -j REJECT --reject-with icmp-port-unreachable',
  '-A DEFAULT -j DROP',
];

function makeNetwork(random: Random, id: number, length: number): Network {
  const [net, link] = [`10.${id >> 6}.${(id & 63) * 4}.0/24`, `vlan${id}`];
  const forward = [
    `-A FORWARD -s ${net} -i ${link} -j mac_${id}`,
    `-A FORWARD ! -s ${net} -i ${link} -j LOG_DROP`,
    `-A FORWARD -d ${net} -o ${link} -j filter_${id}`,
    `-A FORWARD -d 224.0.0.0/4 -o ${link} -j filter_${id}`,
  ];
  const own: string[] = [];
  const host = () => `10.${id >> 6}.${(id & 63) * 4}.${random(1, 254)}/32`;
  while (own.length < length * 0.4) own.push(...senders(random, `mac_${id}`, host()));
  while (own.length < length - forward.length - 1) own.push(service(random, `filter_${id}`, host(), id));
  own.push(`-A filter_${id} -j DEFAULT`);
  return { id, forward, own };
}

/** The hardware addresses of a host, of which it may have several. */
function senders(random: Random, chain: string, host: string): readonly string[] {
  const macs = Array.from({ length: random(1, 8) === 1 ? 2 : 1 }, () => mac(random));
  return [
    ...macs.map((one) => `-A ${chain} -s ${host} -m mac --mac-source ${one} -j RETURN`),
    `-A ${chain} -s ${host} -j DROP`,
  ];
}

function mac(random: Random): string {
  const bytes = Array.from({ length: 5 }, () => random(0, 255).toString(16).padStart(2, '0'));
  return ['02', ...bytes].join(':').toUpperCase();
}

const syn = '-m tcp --tcp-flags FIN,SYN,RST,ACK SYN';
const groups = ['22,80,443', '80,443', '389,636,464,749', '25,465,587', '5000:5100,8080', '137,138,139,445'];
const ports = [22, 25, 53, 80, 88, 123, 143, 443, 993, 3260, 3306, 3389, 5432, 8080];

/** What others may ask of a host: mostly from everywhere, by one port or several. */
function service(random: Random, chain: string, host: string, id: number): string {
  const source =
    random(1, 3) === 1 ? `-s 10.${random(0, id >> 6)}.${random(0, 63) * 4}.${random(0, 15) * 16}/28 ` : '';
  const begin = `-A ${chain} ${source}-d ${host}`;
  const port = ports[random(0, ports.length - 1)];
  const group = groups[random(0, groups.length - 1)];
  const kind = random(1, 20);
  if (kind <= 7)
    return `${begin} -p tcp -m state --state NEW ${syn} -m multiport --dports ${group} -j ACCEPT`;
  if (kind <= 14)
    return `${begin} -p tcp -m state --state NEW -m tcp --dport ${port} --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT`;
  if (kind <= 17) return `${begin} -p udp -m udp --dport ${port} -j ACCEPT`;
  return kind === 18 ? `${begin} -p udp -m multiport --dports ${group} -j ACCEPT` : `${begin} -j ACCEPT`;
}
