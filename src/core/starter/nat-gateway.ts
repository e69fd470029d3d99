// The policy that `hookline init nat-gateway` writes: a gateway, what may talk to the machine itself, the facts of the
// host, and tests of all that.
import { formatIpv4 } from '../datatype/address.ts';
import { quote } from '../match/quote.ts';
import { type Answer, type Forward, isHost, type Subnet, subnetText } from './answer.ts';

/** What there is to know. */
export interface GatewayAnswers {
  readonly inside: string;
  readonly insideNet: Subnet;
  readonly outside: string;
  /** The public address in its network. */
  readonly outsideNet: Subnet;
  readonly forwards: readonly Forward[];
}

/** Why the answers do not go together; undefined where they do. */
function contradiction({
  inside,
  outside,
  insideNet,
  outsideNet,
  forwards,
}: GatewayAnswers): string | undefined {
  if (inside === outside) return `\`${inside}\` is inside and outside`;
  if (insideNet.lo <= outsideNet.hi && outsideNet.lo <= insideNet.hi)
    return 'the networks inside and outside overlap';
  if (!isHost(outsideNet, outsideNet.address))
    return `\`${formatIpv4(outsideNet.address)}\` is no address of a host in its network`;
  const strange = forwards.find(
    ({ target }) => !isHost(insideNet, target) || target === ownAddress(insideNet),
  );
  if (strange) return `\`${formatIpv4(strange.target)}\` is no host inside`;
  const twice = forwards.find((one, at) => forwards.slice(0, at).some((other) => overlaps(one, other)));
  return twice && `${twice.protocol} port ${portsText(twice)} is forwarded twice`;
}

function overlaps(a: Forward, b: Forward): boolean {
  return a.protocol === b.protocol && a.low <= b.high && b.low <= a.high;
}

/** The address that was said, or the first one of the network. */
function ownAddress({ address, lo, hi }: Subnet): bigint {
  return address > lo && address < hi ? address : lo + 1n;
}

/** The text, before it is laid out; no value where the answers contradict each other. */
export function natGatewayPolicy(answers: GatewayAnswers): Answer<string> {
  const problem = contradiction(answers);
  if (problem !== undefined) return { problem };
  const { inside, outside, insideNet, outsideNet, forwards } = answers;
  const own = ownAddress(insideNet);
  const net = subnetText(insideNet, insideNet.lo);
  const lines = [
    '# A NAT gateway: `hookline test` runs the tests below, `hookline compile` makes what the kernel loads.',
    `let lan = ${quote(inside)}`,
    `let wan = ${quote(outside)}`,
    '',
    'zone lan = { interface lan }',
    'zone wan = { interface wan }',
    '',
    'gateway home {',
    `inside ${net} on lan`,
    'outside wan masquerade',
    ...forwards.map(forwardLine),
    'clamp mss',
    '}',
    '',
    'policy from lan to wan { accept }',
    '# What this machine offers to the network inside.',
    'policy from lan to self {',
    ...['ssh', 'dns', 'dhcp', 'ping'].map((service) => `service ${service} accept`),
    'default reject',
    '}',
    'policy from wan to self { service ping limit 5/second accept }',
    '',
    '# The facts of this machine: the tests need them, and what routing needs is said here.',
    'host gateway {',
    `interface ${quote(inside)} { address ${subnetText(insideNet, own)} }`,
    `interface ${quote(outside)} { address ${subnetText(outsideNet, outsideNet.address)} }`,
    `route default via ${formatIpv4(otherHost(outsideNet, [outsideNet.address]))} dev ${quote(outside)}`,
    'sysctl net.ipv4.ip_forward = 1',
    '}',
    ...testLines(answers, own),
  ];
  return { value: `${lines.join('\n')}\n` };
}

function portsText({ low, high }: Forward): string {
  return low === high ? `${low}` : `${low}-${high}`;
}

function forwardLine(forward: Forward): string {
  return `forward ${forward.protocol} ${portsText(forward)} to ${targetText(forward)} hairpin`;
}

function targetText({ target, targetPort }: Forward): string {
  return formatIpv4(target) + (targetPort === undefined ? '' : `:${targetPort}`);
}

/** The last host of a network that is none of these, of which there are fewer than hosts. */
function otherHost({ lo, hi }: Subnet, taken: readonly bigint[]): bigint {
  let address = hi - 1n;
  while (taken.includes(address) && address > lo + 1n) address--;
  return address;
}

/** Somebody on the internet: of the networks for documentation, one that is neither inside nor beside the gateway. */
function stranger({ insideNet, outsideNet }: GatewayAnswers): string {
  const candidates = [0xc6336409n, 0xc0000209n, 0xcb007109n, 0x08080808n];
  const found = candidates.find((one) => !isHost(insideNet, one) && !isHost(outsideNet, one));
  return formatIpv4(found ?? 0x01010101n);
}

function testLines(answers: GatewayAnswers, own: bigint): readonly string[] {
  const { inside, outside, insideNet, outsideNet, forwards } = answers;
  const peer = stranger(answers);
  const client = formatIpv4(otherHost(insideNet, [own]));
  const gateway = formatIpv4(outsideNet.address);
  const isSshForwarded = forwards.some(
    ({ protocol, low, high }) => protocol === 'tcp' && low <= 22n && 22n <= high,
  );
  return [
    ...testBlock('a host inside gets out, under the address of the gateway', [
      `packet in ${quote(inside)} tcp ${client}:50000 -> ${peer}:443 syn`,
      `expect accept, forwarded out ${quote(outside)}, snat ${gateway}`,
      `reply expect accept, destination ${client}:50000`,
    ]),
    ...testBlock('nobody outside reaches a host inside', [
      `packet in ${quote(outside)} tcp ${peer}:40000 -> ${client}:22 syn`,
      'expect drop',
    ]),
    ...(isSshForwarded
      ? []
      : testBlock('ssh from outside is not answered', [
          `packet in ${quote(outside)} tcp ${peer}:40000 -> ${gateway}:22 syn`,
          'expect drop',
        ])),
    ...forwards.flatMap((forward) => forwardTest(forward, { answers, peer, gateway })),
  ];
}

interface Ends {
  readonly answers: GatewayAnswers;
  readonly peer: string;
  readonly gateway: string;
}

function forwardTest(
  forward: Forward,
  { answers: { inside, outside }, peer, gateway }: Ends,
): readonly string[] {
  const { protocol, low, target, targetPort = low } = forward;
  const flags = protocol === 'tcp' ? ' syn' : '';
  return testBlock(`${protocol} port ${portsText(forward)} reaches ${targetText(forward)}`, [
    `packet in ${quote(outside)} ${protocol} ${peer}:40000 -> ${gateway}:${low}${flags}`,
    `expect accept, forwarded out ${quote(inside)}, dnat ${formatIpv4(target)}:${targetPort}`,
    `reply expect accept, source ${gateway}:${low}`,
  ]);
}

function testBlock(name: string, lines: readonly string[]): readonly string[] {
  return ['', `test ${quote(name)} {`, ...lines, '}'];
}
