// A fixture as the script that a real host is run by, and its record as what was caused.
import { compile } from '../../../src/core/compile.ts';
import { readConntrack } from '../../../src/core/conntrack/dump.ts';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import type { Policy } from '../../../src/core/ir/policy.ts';
import { decodePacket } from '../../../src/core/packet/decode.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { tapFurnishing } from '../../../src/host/lab/furnish.ts';
import type { Caused, WireFixture } from '../../support/wire-fixture.ts';
import type { WireRecord, WireScript } from './wire-host.ts';

/** The host with its rules, and the packets. */
export function scriptOf({
  policy,
  host,
  injections,
}: Pick<WireFixture, 'policy' | 'host' | 'injections'>): WireScript {
  return {
    arp: injections.some(({ packet }) => packet.frame?.kind === 'arp'),
    devices: tapFurnishing(host).taps,
    setup: [...setupLines(host), ...neighbourLines(host, injections)],
    sysctls: [...host.sysctls].map(([name, value]) => [
      name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.')),
      value,
    ]),
    rules: rulesOf(policy),
    packets: injections.map(packetOf),
  };
}

/** What the JSON of nft has no words for is loaded as its text, what only iptables says by its legacy variant. */
function rulesOf({ ruleSet }: Policy): WireScript['rules'] {
  const { value: nftJson, diagnostics } = compile(ruleSet, 'nft-json');
  if (nftJson !== undefined) return { nftJson };
  const { value: nft } = compile(ruleSet, 'nft');
  if (nft !== undefined) return { nft };
  const { value: iptables } = compile(ruleSet, 'iptables');
  if (iptables === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return { iptables };
}

/** The stations behind a bridge, which would be asked for. */
function neighbourLines(host: Host, injections: readonly Injection[]): readonly string[] {
  return injections.flatMap(({ iif, packet: { family, source, link } }) => {
    const { master } = host.interfaces.find(({ name }) => name === iif) ?? {};
    if (!link || master === undefined) return [];
    const address = formatAddress({ family, value: source });
    return [`neigh replace ${address} lladdr ${macText(link.source)} dev ${master} nud permanent`];
  });
}

function macText(mac: bigint): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replaceAll(/..(?!$)/g, '$&:');
}

function packetOf({ direction, iif, pkttype, after, packet }: Injection): WireScript['packets'][number] {
  const bytes = Buffer.from(encodePacket(packet));
  // The checksum of the whole is not known from a fragment: IPv4 may go without.
  const checksum = packet.link ? 40 : 26;
  if (packet.family === 4 && packet.fragment.more && packet.transport.kind === 'udp')
    bytes.fill(0, checksum, checksum + 2);
  const timed = { packet: bytes.toString('hex'), ...(after !== undefined && { after }) };
  if (direction === 'out') return timed;
  if (packet.link || packet.frame)
    return { ...timed, framed: true, ...(iif !== undefined && { device: iif }) };
  return { ...timed, ...(iif !== undefined && { device: iif }), ...(pkttype && { to: pkttype }) };
}

function setupLines(host: Host): readonly string[] {
  return tapFurnishing(host).batches.flatMap(({ options, lines }) =>
    lines.map((line) => [...options, line].join(' ')),
  );
}

/** What one packet caused, as a fixture has it. */
export function causedOf({ frames, conntrack }: WireRecord[number]): Caused {
  return {
    frames: frames.flatMap(({ device, frame }) => {
      const { value } = decodePacket(Buffer.from(frame, 'hex'), 'ethernet');
      return value ? [{ device, packet: value }] : [];
    }),
    connections: [...readConntrack(conntrack.split('\n'))].flatMap((item) =>
      item.kind === 'entry' ? [item.entry] : [],
    ),
  };
}
