// The files in fixtures/wire: a policy with a host, packets, and under each what then goes over its interfaces and which
// connections are there. The simulation and the kernel are both held to what is written.
import type { Entry } from '../../src/core/conntrack/entry.ts';
import { formatEntry } from '../../src/core/conntrack/format.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import type { Injection, Packet, Transport } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import type { Host } from '../../src/core/topology/host.ts';

/** With timeouts, those of the connections are written too, in steps of ten seconds: sysctls that are multiples of ten tell them apart. */
const marker = /^# ---- packets(, with timeouts)? ----\n/m;

export interface WireFixture {
  readonly policy: Policy;
  readonly host: Host;
  /** The policy, up to the packets. */
  readonly head: string;
  readonly specs: readonly string[];
  readonly injections: readonly Injection[];
  /** Whether timeouts are written. */
  readonly timeouts: boolean;
  /** What is written of the packets and of what became of them. */
  readonly written: string;
}

/** What one packet caused. */
export interface Caused {
  readonly frames: readonly { readonly device: string; readonly packet: Packet }[];
  /** All connections that are there behind it, in any order, with the seconds that are left to them. */
  readonly connections: readonly Entry[];
}

/** Reads a fixture. */
export function readWireFixture(name: string, text: string): WireFixture {
  const [mark = '', timeouts] = marker.exec(text) ?? [];
  const at = text.indexOf(mark);
  const [policyText, written] = [text.slice(0, at), text.slice(at + mark.length)];
  const { value: policy, diagnostics } = loadPolicy({ name, text: policyText });
  const [host] = policy?.hosts ?? [];
  if (!policy || !host) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  const specs = written.split('\n').filter((line) => /^(in|out)\b/.test(line));
  const injections = injectionsOf(specs);
  const head = policyText + mark;
  return { policy, host, head, specs, injections, timeouts: timeouts !== undefined, written };
}

/** Packets, one a line. */
export function injectionsOf(specs: readonly string[]): readonly Injection[] {
  return specs.map(injectionOf);
}

function injectionOf(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(`bad packet: ${text}`);
  return value;
}

/** The packets with what they caused, as it is written; of the connections only what changed. `known`: those before. */
export function writeCaused(
  { specs, timeouts }: Pick<WireFixture, 'specs' | 'timeouts'>,
  caused: readonly Caused[],
  known: readonly Entry[] = [],
): string {
  let before: readonly string[] = known.map((entry) => entryText(entry, timeouts)).toSorted();
  const lines = specs.flatMap((spec, at) => {
    const { frames = [], connections = [] } = caused[at] ?? {};
    const now = connections.map((entry) => entryText(entry, timeouts)).toSorted();
    const changes = [
      ...before.filter((line) => !now.includes(line)).map((line) => `  - ${line}`),
      ...now.filter((line) => !before.includes(line)).map((line) => `  + ${line}`),
    ];
    before = now;
    return [spec, ...frames.map(({ device, packet }) => `  ${device}  ${packetText(packet)}`), ...changes];
  });
  return `${lines.join('\n')}\n`;
}

/** Without what changes from run to run, payloads of zeros and those of what an error quotes. */
export function packetText(packet: Packet): string {
  if (packet.frame) return formatPacket(packet);
  const { link: _link, identification: _identification, badChecksum: _bad, payload, ...rest } = packet;
  const said = payload?.some((byte) => byte !== 0) ? { payload } : {};
  return formatPacket({ ...rest, ...said, transport: plain(packet.transport) });
}

/** Numbers of segments are written where they are not 0. */
function plain(transport: Transport): Transport {
  if (transport.kind === 'tcp') {
    const { numbered: _numbered, ...tcp } = transport;
    return tcp;
  }
  if (transport.kind !== 'icmp' || !transport.inner) return transport;
  const { payload: _payload, ...inner } = transport.inner;
  return { ...transport, inner: { ...inner, transport: plain(inner.transport) } };
}

/** A connection as it is written. */
function entryText({ timeout, ...entry }: Entry, timeouts: boolean): string {
  const rounded = timeout === undefined ? undefined : Math.ceil(timeout / 10) * 10;
  return formatEntry(timeouts && rounded !== undefined ? { ...entry, timeout: rounded } : entry)
    .replace(/ +/g, ' ')
    .replace(' use=1', '');
}
