// What a person says of a gateway, read with the types of the language: nothing else gets into the policy.
import { type AddressFamily, addressWidth, formatAddress } from '../datatype/address.ts';
import { prefixRange } from '../datatype/range.ts';
import { ipv4Address, ipv6Address, port } from '../datatype/types.ts';
import { byteLength } from '../match/quote.ts';

/** A value, or why the text is none. */
export type Answer<T> = { readonly value: T } | { readonly problem: string };

/** An address in its network. */
export interface Subnet {
  readonly family: AddressFamily;
  readonly address: bigint;
  readonly length: number;
  readonly lo: bigint;
  readonly hi: bigint;
}

/** Ports of the gateway that lead to a host inside. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  readonly low: bigint;
  readonly high: bigint;
  readonly target: bigint;
  /** Absent where the port stays as it is. */
  readonly targetPort?: bigint;
}

/** The name of one interface (net/core/dev.c: dev_valid_name). */
export function readInterface(text: string): Answer<string> {
  const fits = /^[A-Za-z0-9_.@-]+$/.test(text) && byteLength(text) <= 15 && text !== '.' && text !== '..';
  return fits ? { value: text } : { problem: `\`${text}\` is no name of an interface` };
}

/** `10.0.0.1/24`: an address and the network that it is in, with at least two hosts. */
export function readSubnet(text: string): Answer<Subnet> {
  const [, written = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const address = ipv4Address.parse(written);
  const length = Number(digits);
  if (address === undefined || length < 8 || length > 30)
    return { problem: `\`${text}\` is no IPv4 network such as \`192.168.1.0/24\`` };
  return { value: { family: 4, address, length, ...prefixRange(address, length, addressWidth(4)) } };
}

/** `2001:db8:1::/64`: the same of IPv6. */
export function readSubnet6(text: string): Answer<Subnet> {
  const [, written = '', digits = ''] = /^([\da-fA-F:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = ipv6Address.parse(written);
  const length = Number(digits);
  if (address === undefined || length < 16 || length > 124)
    return { problem: `\`${text}\` is no IPv6 network such as \`2001:db8:1::/64\`` };
  return { value: { family: 6, address, length, ...prefixRange(address, length, addressWidth(6)) } };
}

/** `tcp:8080:10.0.0.2:80` or `udp:5000-5100:10.0.0.3`. */
export function readForward(text: string): Answer<Forward> {
  const [protocol, ports = '', address = '', to, ...rest] = text.split(':');
  const [low, high = low, ...more] = ports.split('-').map((one) => numberIn(one));
  const target = ipv4Address.parse(address);
  const targetPort = to === undefined ? undefined : numberIn(to);
  const isRange = low !== undefined && high !== undefined && low <= high && more.length === 0;
  const isPort = to === undefined || (targetPort !== undefined && low === high);
  if ((protocol !== 'tcp' && protocol !== 'udp') || !isRange || target === undefined)
    return { problem: `\`${text}\` is no forward such as \`tcp:8080:10.0.0.2:80\`` };
  if (!isPort || rest.length > 0)
    return { problem: `\`${text}\`: one port may lead to another one, a range keeps its ports` };
  return { value: { protocol, low, high, target, ...(targetPort !== undefined && { targetPort }) } };
}

/** `203.0.113.254`: an address of this version. */
export function readAddress(family: AddressFamily): (text: string) => Answer<bigint> {
  const type = family === 4 ? ipv4Address : ipv6Address;
  return (text) => {
    const value = type.parse(text);
    return value === undefined ? { problem: `\`${text}\` is no address of IPv${family}` } : { value };
  };
}

/** `3`: a share of the connections. */
export function readWeight(text: string): Answer<number> {
  return /^[1-9]\d?$|^100$/.test(text)
    ? { value: Number(text) }
    : { problem: `\`${text}\` is no weight from 1 to 100` };
}

function numberIn(text: string): bigint | undefined {
  const value = port.parse(text);
  return value === 0n ? undefined : value;
}

/** `10.0.0.1/24`. */
export function subnetText({ family, length }: Subnet, address: bigint): string {
  return `${formatAddress({ family, value: address })}/${length}`;
}

/** Whether an address is of a host in the network. */
export function isHost({ lo, hi }: Subnet, address: bigint): boolean {
  return address > lo && address < hi;
}

/** The address that was said, or the first one of the network. */
export function ownAddress(net: Subnet): bigint {
  return isHost(net, net.address) ? net.address : net.lo + 1n;
}

/** The last host of a network that is none of these, of which there are fewer than hosts. */
export function otherHost({ lo, hi }: Subnet, taken: readonly bigint[]): bigint {
  let address = hi - 1n;
  while (taken.includes(address) && address > lo + 1n) address--;
  return address;
}
