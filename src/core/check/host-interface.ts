// `interface` lines of a `host` block, with what stands in their braces.
import type { Statement } from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import type { DhcpFacts, InterfaceFacts } from '../topology/facts.ts';
import { type Cursor, complainAt } from './cursor.ts';
import { readInterfaceAddress } from './host-address.ts';
import { readDeviceType, readTunnelPeer } from './host-device.ts';
import { readDhcpRange } from './host-dhcp.ts';
import { readCount, readDevice } from './host-value.ts';
import { finishLine, type LineReaders, readLines } from './line.ts';
import { nextValue } from './operand.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

type Facts = { -readonly [Key in keyof InterfaceFacts]?: InterfaceFacts[Key] };

/** Takes the name, and reads the block of the line. */
export function readInterface(
  cursor: Cursor,
  { block, span }: Statement,
  scope: Scope,
  report: Report,
): InterfaceFacts | undefined {
  const name = readDevice(cursor);
  const addresses: InterfaceFacts['addresses'][number][] = [];
  const peers: NonNullable<ReturnType<typeof readTunnelPeer>>[] = [];
  const dhcp: DhcpFacts[] = [];
  const facts: Facts = {};
  const readers: LineReaders = new Map([
    ['address', into(readInterfaceAddress, (one) => addresses.push(one))],
    [
      'mtu',
      into(
        (inner) => readCount(inner),
        (mtu) => (facts.mtu = mtu),
      ),
    ],
    [
      'group',
      into(
        (inner) => readCount(inner),
        (group) => (facts.group = group),
      ),
    ],
    ['mac', into(readMac, (mac) => (facts.mac = mac))],
    ['master', into(readDevice, (master) => (facts.master = master))],
    ['down', into(said, () => (facts.up = false))],
    ['type', into(readDeviceType, (type) => (facts.type = type))],
    ['peer', into(readTunnelPeer, (peer) => peers.push(peer))],
    ['dhcp', into(readDhcpRange, (range) => dhcp.push(range))],
    ['hairpin', into(said, () => (facts.hairpin = true))],
    ['isolated', into(said, () => (facts.isolated = true))],
  ]);
  readLines(block ?? [], readers, scope, report);
  if (name === undefined) return undefined;
  if (facts.type && peers.length > 0) facts.type = { ...facts.type, peers };
  return { ...facts, name, addresses, ...(dhcp.length > 0 && { dhcp }), span };
}

function said(): true {
  return true;
}

/** Hands on what is read; where something is, the line must end behind it. */
export function into<Read>(
  read: (cursor: Cursor, line: Statement) => Read | undefined,
  use: (read: Read) => unknown,
): (cursor: Cursor, line: Statement) => void {
  return (cursor, line) => {
    const found = read(cursor, line);
    if (found === undefined) return;
    use(found);
    finishLine(cursor);
  };
}

function readMac(cursor: Cursor): bigint | undefined {
  const at = nextValue(cursor, 'a MAC address');
  if (!at) return undefined;
  cursor.at++;
  if (at.term.kind === 'mac') return BigInt(`0x${at.term.text.replaceAll(':', '')}`);
  return complainAt(cursor, at, 'HK3007', `expected a MAC address, found \`${textOf(at.term.span)}\``);
}
