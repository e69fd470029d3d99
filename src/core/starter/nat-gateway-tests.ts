// The tests of the policy that `hookline init nat-gateway` writes.
import { formatIpv4, formatIpv6 } from '../datatype/address.ts';
import { quote } from '../match/quote.ts';
import { type Forward, isHost, otherHost, ownAddress, type Subnet } from './answer.ts';
import type { GatewayAnswers, Side } from './nat-gateway.ts';

/** `80` or `80-90`. */
export function portsText({ low, high }: Forward): string {
  return low === high ? `${low}` : `${low}-${high}`;
}

/** `10.0.0.2:80`, or the address alone where ports stay. */
export function targetText({ target, targetPort }: Forward): string {
  return formatIpv4(target) + (targetPort === undefined ? '' : `:${targetPort}`);
}

/** Somebody on the internet: of the networks for documentation, one that is neither inside nor beside the gateway. */
function stranger(nets: readonly Subnet[], candidates: readonly bigint[]): bigint {
  return candidates.find((one) => !nets.some((net) => isHost(net, one))) ?? 0n;
}

const strangers4 = [0xc6336409n, 0xc0000209n, 0xcb007109n, 0x08080808n, 0x01010101n];
const strangers6 = [0xdead, 0xbeef, 0xcafe, 0xf00d].map(
  (group) => (0x20010db8n << 96n) | (BigInt(group) << 80n) | 9n,
);

/** A block for each test, an empty line before it. */
export function testLines(answers: GatewayAnswers): readonly string[] {
  const { insides, outsides, forwards } = answers;
  const sides = [...insides, ...outsides];
  const peer = formatIpv4(
    stranger(
      sides.map(({ net }) => net),
      strangers4,
    ),
  );
  return [
    ...insides.flatMap((inside) => outwardTests(inside, outsides, peer)),
    ...outsides.flatMap((outside) => [
      ...refusalTests(outside, answers, peer),
      ...forwards.flatMap((forward) => forwardTest(forward, outside, answers, peer)),
    ]),
    ...tests6(answers),
  ];
}

function clientOf({ net }: Side): string {
  return formatIpv4(otherHost(net, [ownAddress(net)]));
}

function outwardTests(inside: Side, outsides: readonly Side[], peer: string): readonly string[] {
  const [only, second] = outsides;
  const way = only && !second ? ` out ${quote(only.device)}, snat ${formatIpv4(only.net.address)}` : '';
  const client = clientOf(inside);
  return testBlock(`a host behind ${inside.device} gets out`, [
    `packet in ${quote(inside.device)} tcp ${client}:50000 -> ${peer}:443 syn`,
    `expect accept, forwarded${way}`,
    `reply expect accept, destination ${client}:50000`,
  ]);
}

function refusalTests(
  { device, net }: Side,
  { insides, forwards }: GatewayAnswers,
  peer: string,
): readonly string[] {
  const isSshForwarded = forwards.some(isOfSsh);
  const targets = [
    ...insides.map((inside) => clientOf(inside)),
    ...(isSshForwarded ? [] : [formatIpv4(net.address)]),
  ];
  return testBlock(
    `nobody comes in by ${device}`,
    targets.flatMap((target) => [
      `packet in ${quote(device)} tcp ${peer}:40000 -> ${target}:22 syn`,
      'expect drop',
    ]),
  );
}

function forwardTest(
  forward: Forward,
  outside: Side,
  { insides }: GatewayAnswers,
  peer: string,
): readonly string[] {
  const { protocol, low, target, targetPort = low } = forward;
  const flags = protocol === 'tcp' ? ' syn' : '';
  const inside = insides.find(({ net }) => isHost(net, target)) ?? outside;
  const address = formatIpv4(outside.net.address);
  return testBlock(
    `${protocol} port ${portsText(forward)} of ${outside.device} reaches ${targetText(forward)}`,
    [
      `packet in ${quote(outside.device)} ${protocol} ${peer}:40000 -> ${address}:${low}${flags}`,
      `expect accept, forwarded out ${quote(inside.device)}, dnat ${formatIpv4(target)}:${targetPort}`,
      `reply expect accept, source ${address}:${low}`,
    ],
  );
}

/** Where networks inside have IPv6, and an outside too. */
function tests6({ insides, outsides }: GatewayAnswers): readonly string[] {
  const nets = [...insides, ...outsides].flatMap(({ net6, prefix }) => [net6 ?? [], prefix ?? []].flat());
  const peer = `[${formatIpv6(stranger(nets, strangers6))}]`;
  const ways = outsides.filter(({ net6 }) => net6);
  return insides.flatMap(({ device, net6 }) => {
    if (!net6 || ways.length === 0) return [];
    const client = otherHost(net6, [ownAddress(net6)]);
    const [only, second] = ways;
    const source = only && !second ? `, source ${within(only.prefix, client)}:50000` : '';
    return [
      ...testBlock(`a host behind ${device} gets out by IPv6`, [
        `packet in ${quote(device)} tcp [${formatIpv6(client)}]:50000 -> ${peer}:443 syn`,
        `expect accept, forwarded${source}`,
        `reply expect accept, destination [${formatIpv6(client)}]:50000`,
      ]),
      ...testBlock(
        `nobody comes in to ${device} by IPv6`,
        ways.flatMap((way) => [
          `packet in ${quote(way.device)} tcp ${peer}:40000 -> [${formatIpv6(client)}]:22 syn`,
          'expect drop',
        ]),
      ),
    ];
  });
}

/** The address as the outside sees it (net/netfilter/nft_nat.c: nft_nat_setup_netmap). */
function within(prefix: Subnet | undefined, client: bigint): string {
  const value = prefix ? prefix.lo | (client & (prefix.hi - prefix.lo)) : client;
  return `[${formatIpv6(value)}]`;
}

/** What must hold for all packets. */
export function assertionLines({ forwards }: GatewayAnswers): readonly string[] {
  const [but, unless] = forwards.length > 0 ? [' but what is forwarded', ' ct status ! dnat'] : ['', ''];
  const ssh = forwards.some(isOfSsh) ? ' ct status ! dnat' : '';
  return [
    '',
    `assert ${quote(`nothing new comes in${but}`)} {`,
    `never accept in zone wan out zone lan ct state new${unless}`,
    '}',
    '',
    `assert ${quote('nobody outside logs in here')} {`,
    `never accept in zone wan to zone self ct state new tcp dport ssh${ssh}`,
    '}',
  ];
}

function isOfSsh({ protocol, low, high }: Forward): boolean {
  return protocol === 'tcp' && low <= 22n && 22n <= high;
}

function testBlock(name: string, lines: readonly string[]): readonly string[] {
  return ['', `test ${quote(name)} {`, ...lines, '}'];
}
