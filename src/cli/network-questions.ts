// Whether one address of a network can talk to another, as the command line asks it.
import { type Address, formatAddress, parseAddress } from '../core/datatype/address.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import { travelIn } from '../core/network/journey.ts';
import { type Network, networkOf } from '../core/network/network.ts';
import { type Probe, type Reach, reach, stationsOf } from '../core/network/reach.ts';
import { type Context, readPolicy } from './context.ts';
import { Failure, wrongUsage } from './failure.ts';

/** What is sent, as options say it. */
export interface ProbeWords {
  readonly tcp?: string | undefined;
  readonly udp?: string | undefined;
  readonly sport: string;
  readonly ipv4?: true | undefined;
  readonly ipv6?: true | undefined;
}

/** Reads a file that describes a network; one without a host is refused. */
export async function readNetwork(context: Context, path: string): Promise<Network> {
  const network = networkOf(await readPolicy(context, path));
  if (network.hosts.length > 0) return network;
  throw new Failure([
    diagnostic('HK0011', `\`${path}\` has no host`, {
      help: 'write `host` blocks, and `link` blocks between them',
    }),
  ]);
}

/** Asks from a host or one of its addresses to a host or any address. */
export function askReach(network: Network, from: string, to: string, words: ProbeWords): Reach {
  const destination = destinationOf(network, to, words);
  return reach(travelIn(network), sourceOf(network, from, destination), destination, probeOf(words));
}

/** The probe that the options describe; a ping without any. */
export function probeOf({ tcp, udp, sport }: ProbeWords): Probe {
  if (tcp !== undefined && udp !== undefined) throw wrongUsage('`--tcp` and `--udp` exclude each other');
  const port = tcp ?? udp;
  if (port === undefined) return { kind: 'ping' };
  return { kind: tcp === undefined ? 'udp' : 'tcp', port: portOf(port), sourcePort: portOf(sport) };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw wrongUsage(`\`${text}\` is no port`, 'write a number from 1 to 65535');
}

/** An address, or the first that a host of this name has. */
function destinationOf(network: Network, text: string, words: ProbeWords): Address {
  const address = parseAddress(text);
  if (address) return address;
  const [first] = stationsOf([hostOf(network, text)], familyOf(words));
  if (first) return first.address;
  throw new Failure([diagnostic('HK0011', `host \`${text}\` has no address to talk to`)]);
}

function sourceOf(
  network: Network,
  text: string,
  to: Address,
): { readonly host: string; readonly address?: Address } {
  const address = parseAddress(text);
  if (!address) return { host: hostOf(network, text).name };
  const owner = network.hosts.find(({ host }) =>
    host.interfaces.some((one) =>
      one.addresses.some(
        (entry) => entry.address.family === address.family && entry.address.value === address.value,
      ),
    ),
  );
  if (!owner) throw new Failure([diagnostic('HK0011', `no host has the address \`${text}\``)]);
  if (address.family !== to.family)
    throw wrongUsage(`\`${text}\` and \`${formatAddress(to)}\` are of two families`);
  return { host: owner.host.name, address };
}

function hostOf({ hosts }: Network, name: string) {
  const found = hosts.find(({ host }) => host.name === name);
  if (found) return found.host;
  const names = hosts.map(({ host }) => host.name);
  throw new Failure([
    diagnostic('HK0011', `\`${name}\` is neither an address nor a host`, {
      help: nearestName(name, names) ?? `the hosts are ${names.join(', ')}`,
    }),
  ]);
}

/** The only family that is asked for. */
export function familyOf({ ipv4, ipv6 }: ProbeWords): 4 | 6 | undefined {
  if (ipv4 && ipv6) throw wrongUsage('`-4` and `-6` exclude each other');
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

/** `web 10.0.0.5 → 198.51.100.9`. */
export function pairText({ from, to }: Pick<Reach, 'from' | 'to'>): string {
  return `${from.host} ${formatAddress(from.address)} → ${formatAddress(to)}`;
}

/** `tcp 443`. */
export function probeText(probe: Probe): string {
  return probe.kind === 'ping' ? 'ping' : `${probe.kind} ${probe.port}`;
}

/** Where and why they can't talk. */
export function failureText({ direction, host, device, why }: NonNullable<Reach['failure']>): string {
  return `${direction === 'there' ? 'the question' : 'the answer'} ends at ${host}${device === undefined ? '' : ` ${device}`}: ${why}`;
}
