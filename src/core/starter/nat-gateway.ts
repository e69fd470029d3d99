// The policy that `hookline init nat-gateway` writes: a gateway, what may talk to the machine itself, the facts of the
// host, and tests of all that.
import { formatAddress } from '../datatype/address.ts';
import { loadPolicy } from '../load.ts';
import { needLines } from '../machine/emit.ts';
import { quote } from '../match/quote.ts';
import {
  type Answer,
  type Forward,
  isHost,
  otherHost,
  ownAddress,
  type Subnet,
  subnetText,
} from './answer.ts';
import { assertionLines, portsText, targetText, testLines } from './nat-gateway-tests.ts';

/** A network of the gateway, inside or outside, with the address that the gateway has in it. */
export interface Side {
  readonly device: string;
  readonly net: Subnet;
  readonly net6?: Subnet;
  /** Of an outside: IPv6 hosts inside are put under this prefix. */
  readonly prefix?: Subnet;
  /** Of an outside: the next hops; else the last host of the network is taken for it. */
  readonly via?: bigint;
  readonly via6?: bigint;
  /** Of an outside: its share of the connections; 1 if absent. */
  readonly weight?: number;
}

/** What there is to know: at least one network on each side. */
export interface GatewayAnswers {
  readonly insides: readonly Side[];
  readonly outsides: readonly Side[];
  readonly forwards: readonly Forward[];
}

/** Why the answers do not go together; undefined where they do. */
function contradiction({ insides, outsides, forwards }: GatewayAnswers): string | undefined {
  const sides = [...insides, ...outsides];
  const again = sides.find(({ device }, at) => sides.slice(0, at).some((one) => one.device === device));
  if (again) return `\`${again.device}\` is named twice, inside or outside`;
  const nets = sides.flatMap(netsOf);
  const overlap = nets.find((net, at) => nets.slice(0, at).some((one) => overlaps(one, net)));
  if (overlap) return `\`${subnetText(overlap, overlap.lo)}\` overlaps another network`;
  const nobody = outsides.flatMap(netsOf).find((net) => !isHost(net, net.address));
  if (nobody) return `\`${addressText(nobody, nobody.address)}\` is no address of a host in its network`;
  if (outsides.some(({ prefix }) => prefix) && !insides.some(({ net6 }) => net6))
    return 'a prefix is for IPv6, and no network inside has IPv6';
  const lost = outsides.flatMap(hopsOf).find(({ net, hop }) => !isHost(net, hop) || hop === net.address);
  if (lost) return `the next hop \`${addressText(lost.net, lost.hop)}\` is no other host of the network`;
  const [only, second] = outsides;
  if (!second && (only?.weight ?? 1) !== 1) return 'a weight is for several outsides, and there is one';
  const strange = forwards.find(({ target }) => !insides.some(({ net }) => mayServe(net, target)));
  if (strange) return `\`${formatAddress({ family: 4, value: strange.target })}\` is no host inside`;
  const twice = forwards.find((one, at) => forwards.slice(0, at).some((other) => isSamePort(one, other)));
  return twice && `${twice.protocol} port ${portsText(twice)} is forwarded twice`;
}

function netsOf({ net, net6 }: Side): readonly Subnet[] {
  return net6 ? [net, net6] : [net];
}

function overlaps(a: Subnet, b: Subnet): boolean {
  return a.family === b.family && a.lo <= b.hi && b.lo <= a.hi;
}

function mayServe(net: Subnet, target: bigint): boolean {
  return isHost(net, target) && target !== ownAddress(net);
}

function isSamePort(a: Forward, b: Forward): boolean {
  return a.protocol === b.protocol && a.low <= b.high && b.low <= a.high;
}

function addressText({ family }: Subnet, value: bigint): string {
  return formatAddress({ family, value });
}

/** The text, before it is laid out; no value where the answers contradict each other. */
export function natGatewayPolicy(answers: GatewayAnswers): Answer<string> {
  const problem = contradiction(answers);
  if (problem !== undefined) return { problem };
  const { insides, outsides } = answers;
  const gateway = gatewayLines(answers);
  const lines = [
    '# A NAT gateway: `hookline test` runs the tests below, `hookline compile` makes what the kernel loads.',
    `zone lan = { interface ${devicesText(insides)} }`,
    `zone wan = { interface ${devicesText(outsides)} }`,
    '',
    ...assumedLines(outsides),
    ...gateway,
    '',
    'policy from lan to wan { accept }',
    ...(insides.length > 1 ? ['policy from lan to lan { accept }'] : []),
    '# What this machine offers to the networks inside.',
    'policy from lan to self {',
    ...['ssh', 'dns', 'dhcp', 'ping'].map((service) => `service ${service} accept`),
    'default reject',
    '}',
    'policy from wan to self { service ping limit 5/second accept }',
    '',
    '# The facts of this machine: the tests need them, and what routing needs is said here.',
    'host gateway {',
    ...[...insides, ...outsides].flatMap(interfaceLines),
    ...outsides.slice(0, 1).flatMap(defaultRoutes),
    ...needsOf(gateway),
    '}',
    ...testLines(answers),
    ...assertionLines(answers),
  ];
  return { value: `${lines.join('\n')}\n` };
}

function devicesText(sides: readonly Side[]): string {
  return sides.map(({ device }) => quote(device)).join(', ');
}

function gatewayLines({ insides, outsides, forwards }: GatewayAnswers): readonly string[] {
  const nets = insides.flatMap(netsOf).map((net) => subnetText(net, net.lo));
  return [
    'gateway home {',
    `inside ${nets.join(', ')} on ${devicesText(insides)}`,
    ...outsides.map((side) => outsideLine(side, outsides.length > 1)),
    ...forwards.map((one) => `forward ${one.protocol} ${portsText(one)} to ${targetText(one)} hairpin`),
    'clamp mss',
    '}',
  ];
}

/** Several outsides take turns, each with its next hops. */
function outsideLine(side: Side, takesTurns: boolean): string {
  const { device, prefix, weight = 1 } = side;
  const hops = hopsOf(side).map(({ net, hop }) => addressText(net, hop));
  return [
    `outside ${quote(device)} masquerade`,
    ...(prefix ? [`prefix ${subnetText(prefix, prefix.lo)}`] : []),
    ...(takesTurns ? [`via ${hops.join(', ')} weight ${weight}`] : []),
  ].join(' ');
}

interface Hop {
  readonly net: Subnet;
  readonly hop: bigint;
  /** Nobody said it. */
  readonly isAssumed: boolean;
}

/** The next hop of each version of IP. */
function hopsOf({ net, net6, via, via6 }: Side): readonly Hop[] {
  return [hopOf(net, via), ...(net6 ? [hopOf(net6, via6)] : [])];
}

function hopOf(net: Subnet, said: bigint | undefined): Hop {
  return { net, hop: said ?? otherHost(net, [net.address]), isAssumed: said === undefined };
}

/** What is taken for the next hop in a network where nobody says it. */
export function proposedHop(net: Subnet): string {
  return addressText(net, hopOf(net, undefined).hop);
}

/** A comment where next hops are not known. */
function assumedLines(outsides: readonly Side[]): readonly string[] {
  const assumed = outsides.flatMap(hopsOf).filter(({ isAssumed }) => isAssumed);
  if (assumed.length === 0) return [];
  const texts = assumed.map(({ net, hop }) => addressText(net, hop));
  return [
    `# Nobody said where the provider's router is: assumed to be ${texts.join(', ')}. Change it if it is not.`,
  ];
}

function interfaceLines(side: Side): readonly string[] {
  const addresses = netsOf(side).map((net) => `address ${subnetText(net, ownAddress(net))}`);
  return [`interface ${quote(side.device)} {`, ...addresses, '}'];
}

function defaultRoutes(side: Side): readonly string[] {
  return hopsOf(side).map(
    ({ net, hop }) => `route default via ${addressText(net, hop)} dev ${quote(side.device)}`,
  );
}

/** The sysctls and routes that the gateway relies on, as the compiler tells them. */
function needsOf(gateway: readonly string[]): readonly string[] {
  const { value } = loadPolicy({ name: 'gateway', text: `${gateway.join('\n')}\n` }, 'hook');
  return (value?.ruleSet.needs ?? []).flatMap(needLines);
}
