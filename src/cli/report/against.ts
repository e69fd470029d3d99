// What became of the packets of a capture, beside another capture, as text.
import type { Compared, Explained, Foretold, Unexplained } from '../../core/against/against.ts';
import { becauseOf, changesOf, endOf } from '../../core/against/fate.ts';
import type { Which } from '../../core/against/frames.ts';
import { formatInjection, formatPacket } from '../../core/packet/format.ts';
import type { Packet } from '../../core/packet/packet.ts';
import { knownSize } from '../../core/packet/size.ts';
import type { Paint } from '../../core/text/style.ts';
import { unknownParts } from '../../core/trace/way.ts';
import type { Surface } from '../terminal.ts';

/** The names of both captures. */
export type Named = Readonly<Record<Which, string>>;

/** Each packet with what became of it, then the frames that come from none, and how many there are of each. */
export function againstText(compared: Compared, named: Named, { paint }: Pick<Surface, 'paint'>): string {
  const { explained, unexplained } = compared;
  const lines = [
    ...explained.filter(saysSomething).flatMap((one) => explainedLines(one, named, paint)),
    ...(unexplained.length > 0 ? ['', paint('strong', 'comes from none of these packets')] : []),
    ...unexplained.flatMap((one) => unexplainedLines(one, named, paint)),
    '',
    ...(compared.oneSided ? [`${paint('strong', 'assumed')}  ${unseen}`] : []),
    countsLine(compared),
  ];
  return `${lines.join('\n')}\n`;
}

const unseen =
  'what came back is in no capture: answers to SYNs have come, and no segment is out of its window';

/** Frames without IP that nothing is foretold of are in no line. */
function saysSomething({ arrival, foretold }: Explained): boolean {
  return !arrival.injection.packet.frame || foretold.length > 0;
}

function explainedLines(one: Explained, named: Named, paint: Paint): readonly string[] {
  const { which, number } = one.arrival;
  return [
    `${paint('strong', `${named[which]} ${number}`)}  ${arrivalText(one.arrival)}`,
    ...one.foretold.flatMap((each) => foretoldLines(each, one, named, paint)),
    ...endLines(one, paint),
    ...one.way.suppositions.map(
      ({ question, answer }) => `    ${paint('dim', `supposing ${question}: ${answer}`)}`,
    ),
  ];
}

/** Without what is in every frame and says little. */
function arrivalText({ injection: { after: _after, packet, ...rest } }: Explained['arrival']): string {
  return formatInjection({ ...rest, packet: brief(packet) });
}

/** Ends, kind and time to live; of a fragment what makes it one. */
function brief({ payload: _payload, link: _link, identification, ...packet }: Packet): Packet {
  if (packet.frame) return packet;
  const { fragment } = packet;
  const isWhole = fragment.offset === 0 && !fragment.more;
  const short = { ...packet, transport: briefTransport(packet.transport) };
  const told = { ...short, fragment: { ...fragment, dontFragment: false } };
  return isWhole
    ? { ...told, length: knownSize(told) }
    : { ...told, ...(identification !== undefined && { identification }) };
}

function briefTransport(transport: Packet['transport']): Packet['transport'] {
  if (transport.kind === 'tcp') {
    const { numbered: _numbered, optionBytes: _options, ...tcp } = transport;
    return { ...tcp, window: 65535 };
  }
  if (transport.kind !== 'icmp' || !transport.inner) return transport;
  return { ...transport, inner: brief(transport.inner) };
}

function foretoldLines(
  each: Foretold,
  { arrival }: Explained,
  named: Named,
  paint: Paint,
): readonly string[] {
  const { step, why, found, otherwise } = each;
  const what = why === undefined ? 'became' : why === 'copy' ? 'was copied to' : `was answered (${why}) by`;
  const changes = changesOf(arrival.injection.packet, each).map((one) => `      ${one}`);
  if (found)
    return [
      `  ${paint('good', `${what} ${named[found.which]} ${found.number}`)}  ${formatPacket(brief(found.packet))}`,
      ...changes,
    ];
  const unknown = unknownParts(step).map((part) => `      where nobody can tell ${part}`);
  const packet = formatPacket(brief(step.packet));
  return [
    `  ${paint('bad', 'should have left')} by ${step.device} as ${packet}`,
    ...unknown,
    ...(otherwise
      ? [
          `      ${named[otherwise.departure.which]} ${otherwise.departure.number} is like it, but for`,
          ...otherwise.differences.map(
            ({ part, foretold, seen }) => `        ${part}: ${seen} in place of ${foretold}`,
          ),
        ]
      : [`      no frame there is like it`]),
  ];
}

/** What a packet comes to that leaves by no interface of the captures. */
function endLines(one: Explained, paint: Paint): readonly string[] {
  switch (endOf(one)) {
    case 'left':
      return [];
    case 'lost':
      return [`  ${paint('accent', 'lost')}: ${one.way.fate} by ${becauseOf(one.way)}`];
    case 'delivered':
      return one.foretold.length > 0 ? [] : [`  ${paint('accent', 'for the host itself')}`];
    case 'elsewhere':
      return [
        `  ${paint('accent', `left by ${one.way.out ?? 'an interface that is not known'}`)}, which no capture has`,
      ];
    case 'held':
      return [`  ${paint('accent', 'a fragment')}, which waits for the others`];
    case 'queued':
      return [`  ${paint('accent', 'queued')} by ${becauseOf(one.way)}`];
  }
}

function unexplainedLines(
  { departure, like, about, mayBeOwn }: Unexplained,
  named: Named,
  paint: Paint,
): readonly string[] {
  const { which, number, packet, device } = departure;
  const frameOf = ({ arrival }: Explained) => `${named[arrival.which]} ${arrival.number}`;
  return [
    `  ${paint('bad', `${named[which]} ${number}`)}  out ${device} ${formatPacket(brief(packet))}`,
    ...(like ? [`      ${frameOf(like)} is like it, ${likeText(like)}`] : []),
    ...(about ? [`      it is about ${frameOf(about)}, ${likeText(about)}`] : []),
    ...(mayBeOwn && !like && !about ? ['      a program of the host may have sent it'] : []),
  ];
}

function likeText(like: Explained): string {
  const end = endOf(like);
  return end === 'lost' ? `which is ${like.way.fate} by ${becauseOf(like.way)}` : likely[end];
}

const likely = {
  left: 'which left otherwise',
  delivered: 'which is for the host itself',
  elsewhere: 'which leaves by another interface',
  held: 'which is a fragment that waits for others',
  queued: 'which is queued',
} as const;

function countsLine({ explained, unexplained, ofLinks }: Compared): string {
  const foretold = explained.flatMap((one) => one.foretold);
  const missing = foretold.filter(({ found }) => !found).length;
  const lost = explained.filter((one) => endOf(one) === 'lost').length;
  const links = ofLinks === 0 ? '' : `; ${ofLinks} frames of links, such as ARP, are passed over`;
  return [
    `${explained.length} packets: ${foretold.length - missing} left as foretold`,
    `${lost} lost by the policy`,
    `${missing} missing`,
    `${unexplained.length} from none${links}`,
  ].join(', ');
}
