// Whether a traced packet fared as a test expects.
import { formatEndpoint } from '../datatype/endpoint.ts';
import { contains, single } from '../datatype/range.ts';
import type { Expectation } from '../ir/policy.ts';
import { formatPacket } from '../packet/format.ts';
import type { Packet } from '../packet/packet.ts';
import type { Way } from '../trace/step.ts';

type AddressExpectation = Extract<Expectation, { kind: 'address' }>;

/** What is wrong, as a sentence for people; undefined where every way that the packet may go meets the expectation. */
export function unmet(expectation: Expectation, sent: Packet, ways: readonly Way[]): string | undefined {
  for (const way of ways) {
    const problem = unmetBy(expectation, sent, way);
    if (problem !== undefined) return `${problem}${conditionsOf(way)}`;
  }
  return undefined;
}

function conditionsOf({ suppositions }: Way): string {
  return suppositions.map(({ question, answer }) => `, when ${question}: ${answer}`).join('');
}

function unmetBy(expectation: Expectation, sent: Packet, way: Way): string | undefined {
  switch (expectation.kind) {
    case 'verdict':
      return way.verdict === expectation.verdict
        ? undefined
        : `expected ${expectation.verdict}, and the verdict is ${way.verdict}`;
    case 'fate':
      return way.fate === expectation.fate && (expectation.out ?? way.out) === way.out
        ? undefined
        : `expected ${fateText(expectation.fate, expectation.out)}, and it is ${fateText(way.fate, way.out)}`;
    case 'address':
      return unmetAddress(expectation, sent, way);
  }
}

function fateText(fate: string, out: string | undefined): string {
  return out === undefined ? fate : `${fate} out ${JSON.stringify(out)}`;
}

function unmetAddress(expectation: AddressExpectation, sent: Packet, way: Way): string | undefined {
  const { packet, unknownParts } = way;
  const isSource = expectation.side === 'snat' || expectation.side === 'source';
  const part = isSource ? 'source' : 'destination';
  const unknown = unknownParts.find(
    (one) =>
      (expectation.address && one.startsWith(part)) ||
      (expectation.port && one.startsWith(isSource ? 'sport' : 'dport')),
  );
  if (unknown)
    return `expected ${expectation.side} ${formatEndpoint(packet.family, expectation.address, expectation.port)}, and ${unknown}`;
  const isNat = expectation.side === 'snat' || expectation.side === 'dnat';
  if (isNat && endpointText(sent, part) === endpointText(packet, part))
    return `expected ${expectation.side} ${formatEndpoint(packet.family, expectation.address, expectation.port)}, and it was not translated`;
  if (agrees(expectation, packet, part)) return undefined;
  return `expected ${expectation.side} ${formatEndpoint(packet.family, expectation.address, expectation.port)}, and it is ${endpointText(packet, part)} (${formatPacket(packet)})`;
}

function agrees(
  { address, port }: AddressExpectation,
  packet: Packet,
  part: 'source' | 'destination',
): boolean {
  const actual = portOf(packet, part);
  const portAgrees = !port || (actual !== undefined && contains([port], BigInt(actual)));
  return portAgrees && (!address || contains([address], packet[part]));
}

function portOf({ transport }: Packet, part: 'source' | 'destination'): number | undefined {
  if (!('sport' in transport)) return undefined;
  return part === 'source' ? transport.sport : transport.dport;
}

function endpointText(packet: Packet, part: 'source' | 'destination'): string {
  const port = portOf(packet, part);
  return formatEndpoint(
    packet.family,
    single(packet[part]),
    port === undefined ? undefined : single(BigInt(port)),
  );
}
