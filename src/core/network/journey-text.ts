// A journey as text: a line for each host, with what the packet became there, and where it ends.
import { formatPacket } from '../packet/format.ts';
import type { Packet } from '../packet/packet.ts';
import { carriedBy } from '../packet/tunnel.ts';
import type { Paint } from '../text/style.ts';
import { decidingText } from '../trace/deciding-text.ts';
import type { Way } from '../trace/step.ts';
import type { Hop, Journey, JourneyEnd } from './journey.ts';

/** The lines of a journey and of the answers to it. */
export function journeyLines(journey: Journey, paint: Paint): readonly string[] {
  const supposed = journey.suppositions.map((one) => `supposed  ${one}`);
  const assumed = journey.assumptions.map((one) => `assumed  ${one}`);
  return [
    ...wayLines(journey, paint),
    ...journey.answers.flatMap(({ why, journey: back }) => [
      '',
      paint('strong', `answer: ${why}`),
      ...wayLines(back, paint),
      ...back.suppositions.map((one) => `supposed  ${one}`),
      ...back.assumptions.map((one) => `assumed  ${one}`),
    ]),
    ...[...supposed, ...assumed].map((line) => paint('dim', line)),
  ];
}

function wayLines({ hops, end }: Journey, paint: Paint): readonly string[] {
  const width = Math.max(0, ...hops.map(({ host }) => host.length));
  return [...hops.map((hop) => hopLine(hop, width)), endLine(end, hops, paint)];
}

/** `gateway-a  in lan0, out wan0 as tcp 100.100.100.1:56303 -> …`. */
function hopLine({ host, injection, way }: Hop, width: number): string {
  const packet = injection.packet;
  const came = injection.direction === 'in' ? `in ${injection.iif ?? '?'}` : `sends ${packetText(packet)}`;
  const out = way.out === undefined ? undefined : `out ${way.port ?? way.out}`;
  const changed =
    packetText(way.packet, packet.ttl) === packetText(packet) ? '' : ` as ${packetText(way.packet)}`;
  return `  ${host.padEnd(width)}  ${[came, out].filter(Boolean).join(', ')}${changed}`;
}

/** Without what every link writes anew; of a payload only what it carries. */
export function packetText(packet: Packet, ttl = packet.ttl): string {
  const { link: _link, payload: _payload, ...headers } = packet;
  const carried = carriedBy(packet);
  return `${formatPacket({ ...headers, ttl })}${carried === undefined ? '' : ` (${carried})`}`;
}

function endLine(end: JourneyEnd, hops: readonly Hop[], paint: Paint): string {
  switch (end.kind) {
    case 'delivered':
      return `  ${paint('good', `delivered to ${end.host}`)}`;
    case 'for-many':
      return `  to everybody on the link of ${end.at.device}: ${end.receivers.map(({ host }) => host).join(', ')}`;
    case 'lost':
      return `  ${paint('bad', `ends at ${end.host}${end.device === undefined ? '' : ` ${end.device}`}`)}: ${reasonText(end.why, hops.at(-1)?.way)}`;
  }
}

/** The rule with its place, where one decided. */
export function reasonText(text: string, way: Way | undefined): string {
  return way?.deciding && way.verdict !== 'accept' ? `${way.fate} by ${decidingText(way.deciding)}` : text;
}
