// A NAT engine: the program of the host that passes on what machines send. It is a namespace of the host, whose other end
// stands for the sockets that the program opens there.
import type { Subnet } from '../answer.ts';
import { addressAt, networkAddressAt, type VmForward } from './mode.ts';

/** One engine. */
export interface Engine {
  /** Its name, and that of the host's device to it. */
  readonly name: string;
  /** Counted from 1. */
  readonly number: number;
  /** The network of the machines behind it. */
  readonly subnet: Subnet;
  /** Its addresses there; the first is the router of the machines. */
  readonly own: readonly number[];
  /** The one of them that stands for the host. */
  readonly host: number;
  /** What it hands out. */
  readonly leases: readonly [number, number];
  /** Ports that lead to machines, with the address of the machine. */
  readonly forwards: readonly EngineForward[];
}

/** A port, and where it leads. */
interface EngineForward extends Pick<VmForward, 'protocol' | 'port' | 'vmPort'> {
  readonly address: string;
}

/** Both ends of the cables between engines and their host: addresses that no other network has (RFC 6598). */
export const engineNet = { family: 4, lo: 0x6440_0000n, length: 24 } as const;

/** The address of the host on the cable to an engine. */
function hostEnd({ number }: Engine): string {
  return addressAt(engineNet, 4 * (number - 1) + 1);
}

function ownEnd({ number }: Engine): string {
  return addressAt(engineNet, 4 * (number - 1) + 2);
}

/** The engine as a host of the network. */
export function engineLines(engine: Engine): readonly string[] {
  const { name, subnet, own, leases } = engine;
  const [first, last] = leases.map((number) => addressAt(subnet, number));
  return [
    `host ${name} {`,
    'within host',
    'interface "vm0" {',
    ...own.map((number) => `address ${networkAddressAt(subnet, number)}`),
    `dhcp ${first}-${last}`,
    '}',
    `interface "up0" { address ${ownEnd(engine)}/30 }`,
    `route default via ${hostEnd(engine)}`,
    'sysctl net.ipv4.ip_forward = 1',
    ...engineRules(engine),
    '}',
  ];
}

function engineRules(engine: Engine): readonly string[] {
  const { subnet, host, forwards } = engine;
  return [
    'table ip nat {',
    'chain PREROUTING {',
    `# ${addressAt(subnet, host)} is the host.`,
    `iif "vm0" ip daddr ${addressAt(subnet, host)} dnat to ${hostEnd(engine)}`,
    ...forwards.map(
      ({ protocol, port, address, vmPort }) =>
        `iif "up0" ${protocol} dport ${port} dnat to ${address}:${vmPort}`,
    ),
    '}',
    'chain POSTROUTING {',
    'oif "up0" masquerade',
    ...(forwards.length > 0 ? ['oif "vm0" ct status dnat masquerade'] : []),
    '}',
    '}',
    'table ip filter {',
    'chain INPUT {',
    '# Nobody but the machines knows of it.',
    'iif "up0" ct state new drop',
    '}',
    'chain FORWARD policy drop {',
    'ct state { established, related } accept',
    'iif "vm0" oif "up0" accept',
    ...(forwards.length > 0 ? ['ct status dnat accept'] : []),
    '}',
    '}',
  ];
}

/** The devices of the host to engines. */
export function hostDevices(engines: readonly Engine[]): readonly string[] {
  return engines.map((one) => `interface "${one.name}" { address ${hostEnd(one)}/30 }`);
}

/** What the host does with connections of engines, which leave as its own. */
export function hostRules(engines: readonly Engine[]): readonly string[] {
  const names = engines.map(({ name }) => `"${name}"`);
  const devices = names.length > 1 ? `{ ${names.join(', ')} }` : names.join('');
  const forwards = engines.flatMap((one) =>
    one.forwards.map(({ protocol, port }) => `${protocol} dport ${port} dnat to ${ownEnd(one)}`),
  );
  const published = forwards.length > 0;
  return [
    'sysctl net.ipv4.ip_forward = 1',
    'table ip nat {',
    ...(published ? forwardChains(forwards) : []),
    'chain POSTROUTING {',
    `ip saddr ${addressAt(engineNet, 0)}/${engineNet.length} oif "eth0" masquerade`,
    ...(published ? [`oif ${devices} ct status dnat masquerade`] : []),
    '}',
    '}',
    'table ip filter {',
    'chain FORWARD policy drop {',
    'ct state { established, related } accept',
    `iif ${devices} oif "eth0" accept`,
    ...(published ? ['ct status dnat accept'] : []),
    '}',
    '}',
  ];
}

/** For others, and for programs of the host itself. */
function forwardChains(forwards: readonly string[]): readonly string[] {
  return [
    'chain PREROUTING {',
    ...forwards.map((one) => `fib daddr type local ${one}`),
    '}',
    'chain OUTPUT {',
    ...forwards.map((one) => `ip daddr != 127.0.0.0/8 fib daddr type local ${one}`),
    '}',
  ];
}

/** The cable between an engine and its host. */
export function engineEnds({ name }: Engine): readonly string[] {
  return [`${name} "up0"`, `host "${name}"`];
}
