// Whether one address of a network can talk to another, as the command line asks it.
import { formatAddress } from '../core/datatype/address.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { type Network, networkOf } from '../core/network/network.ts';
import { type Probe, type Reach, stationText } from '../core/network/reach.ts';
import { type Context, readPolicy } from './context.ts';
import { Failure, wrongUsage } from './failure.ts';
import { type AskedPair, askPair } from './reach-pair.ts';

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
export function askReach(network: Network, from: string, to: string, words: ProbeWords): AskedPair {
  return askPair(network, [from, to], probeOf(words), familyOf(words));
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

/** The only family that is asked for. */
export function familyOf({ ipv4, ipv6 }: ProbeWords): 4 | 6 | undefined {
  if (ipv4 && ipv6) throw wrongUsage('`-4` and `-6` exclude each other');
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

/** `web 10.0.0.5 → 198.51.100.9`; the host alone where it has no address to send from. */
export function pairText({ from, to }: Pick<Reach, 'from' | 'to'>): string {
  return `${from.address.value === 0n ? from.host : stationText(from)} → ${formatAddress(to)}`;
}

/** `tcp 443`. */
export function probeText(probe: Probe): string {
  return probe.kind === 'ping' ? 'ping' : `${probe.kind} ${probe.port}`;
}

/** Where and why they can't talk. */
export function failureText({ direction, host, device, why }: NonNullable<Reach['failure']>): string {
  return `${direction === 'there' ? 'the question' : 'the answer'} ends at ${host}${device === undefined ? '' : ` ${device}`}: ${why}`;
}
