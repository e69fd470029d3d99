// Random packets beside the usual ones: pieces of packets in any order, packets longer than an MTU, protocols without ports
// that conntrack knows, and what neighbours say to each other.
import fc from 'fast-check';
import { formatBytes } from '../../src/core/packet/link-text.ts';
import { sctpBytes } from './sctp.ts';

/** Where a packet comes from and goes to. */
interface Ends {
  readonly place: string;
  readonly from: string;
  readonly to: string;
  readonly isIpv6: boolean;
}

const ends: fc.Arbitrary<Ends> = fc.constantFrom(
  ...[
    ['in a0', '10.0.1.2', '10.0.2.2'],
    ['in a0', '10.0.1.3', '10.0.2.3'],
    ['in a0', '10.0.1.2', '10.0.9.9'],
    ['in a0', '10.0.1.2', '198.51.100.7'],
    ['in a0', '10.0.1.2', '10.0.1.1'],
    ['in b0', '10.0.2.2', '10.0.1.2'],
    ['in b0', '10.0.2.2', '10.0.2.8'],
    ['out', '10.0.1.1', '10.0.2.2'],
    ['out', '10.0.1.1', '198.51.100.7'],
    ['in a0', 'fd00:1::2', 'fd00:2::2'],
    ['in a0', 'fd00:1::3', 'fd00:2::3'],
    ['in a0', 'fd00:1::2', 'fd00:9::9'],
    ['in a0', 'fd00:1::2', 'fd00:1::1'],
    ['in b0', 'fd00:2::2', 'fd00:1::2'],
    ['out', 'fd00:1::1', 'fd00:2::2'],
  ].map(([place = '', from = '', to = '']) => ({ place, from, to, isIpv6: from.includes(':') })),
);

/** Some hosts have the addresses of translations, too. */
function isToHost({ to }: Ends): boolean {
  return ['10.0.1.1', '10.0.2.8', '10.0.9.9', 'fd00:1::1', 'fd00:9::9'].includes(to);
}

function spec({ place, from, to, isIpv6 }: Ends, protocol: string, details: string, dport = 53): string {
  const name = protocol === 'icmp' && isIpv6 ? 'icmpv6' : protocol;
  const hasPorts = ['tcp', 'udp', 'udplite'].includes(protocol);
  const at = (address: string, port: number) => (isIpv6 ? `[${address}]:${port}` : `${address}:${port}`);
  const [source, destination] = hasPorts ? [at(from, 1500), at(to, dport)] : [from, to];
  return `${place} ${name} ${source} -> ${destination} ${details}`.trim();
}

/** Bytes of a packet's pieces behind their IP headers. */
const pieceSizes = { first: 400, middle: 200, last: 120 } as const;

/**
 * A piece of a packet; those with the same ends and number belong together. The last one makes up for the length that the
 * checksum of the first one does not know.
 */
const pieces: fc.Arbitrary<string> = fc
  .record({
    where: ends,
    protocol: fc.constantFrom('udp', 'udp', 'tcp', 'icmp'),
    which: fc.constantFrom('first', 'first', 'second', 'third', 'third', 'end', 'overlap'),
    number: fc.constantFrom(1, 1, 2),
    flag: fc.constantFrom('', '', '', ' df'),
  })
  .map(({ where, protocol: drawn, which, number, flag }) => {
    // The header of UDP says how long the first piece is alone, and a host cuts the rest off.
    const protocol = drawn === 'udp' && isToHost(where) ? 'tcp' : drawn;
    const header = where.isIpv6 ? 48 : 20;
    const { first, middle, last } = pieceSizes;
    const summed = protocol !== 'icmp' || where.isIpv6;
    const rest = (behind: number) =>
      summed ? ` payload ${formatBytes(Uint8Array.of((65_535 - behind) >> 8, (65_535 - behind) & 255))}` : '';
    const details = {
      first: `len ${header + first} mf`,
      second: `len ${header + middle} frag ${first / 8} mf`,
      third: `len ${header + last} frag ${(first + middle) / 8}${rest(middle + last)}`,
      end: `len ${header + last} frag ${first / 8}${rest(last)}`,
      overlap: `len ${header + middle} frag ${first / 8 - 1} mf`,
    }[which];
    const isFirst = which === 'first' && protocol !== 'icmp';
    const text = spec(where, isFirst ? protocol : `later ${protocol}`, details, protocol === 'tcp' ? 80 : 53);
    return `${text.replace('later ', '')}${where.isIpv6 ? '' : ` ipid ${number}${flag}`}`;
  })
  .map((text) => text.replace(/ icmp fd00/, ' icmpv6 fd00'));

/** A raw socket takes nothing that is longer than the MTU. */
const long: fc.Arbitrary<string> = fc
  .record({
    where: ends.filter(({ place }) => place !== 'out'),
    protocol: fc.constantFrom('udp', 'tcp', 'icmp'),
    length: fc.constantFrom(690, 710, 1000, 1001, 1290, 1500),
    flag: fc.constantFrom('', ' df'),
  })
  .map(({ where, protocol, length, flag }) =>
    spec(where, protocol, `${protocol === 'tcp' ? 'ack ' : ''}len ${length}${where.isIpv6 ? '' : flag}`, 80),
  );

/** Whether the host itself takes such a protocol, or an answer of it, is up to its kernel. */
const notToHost = ends.filter((where) => !isToHost(where) && where.place !== 'out');

/** GRE with and without a key, UDP-Lite, ESP, what nobody knows, and SCTP. */
const protocols: fc.Arbitrary<string> = fc
  .tuple(
    notToHost,
    fc.oneof(
      fc.constantFrom(
        ['gre', 'payload 0x00000800'],
        ['gre', 'payload 0x2000080000000007'],
        ['esp', 'payload 0x0000000100000001'],
        ['udplite', ''],
        ['proto 253', 'payload 0x01'],
        ['proto 253', ''],
      ),
      fc
        .tuple(
          fc.constantFrom('INIT', 'DATA', 'HEARTBEAT', 'ABORT', 'COOKIE_ECHO', 'SHUTDOWN'),
          fc.constantFrom(0, 1, 2, 3),
        )
        .map(([chunk, tag]) => [
          'sctp',
          `payload ${formatBytes(sctpBytes({ sport: 1500, dport: 80, tag: chunk === 'INIT' ? 0 : tag, chunk }))}`,
        ]),
    ),
    fc.constantFrom('', '', ' ttl 1'),
  )
  .map(([where, [protocol = '', details = ''], ttl]) => spec(where, protocol, `${details}${ttl}`));

/** Solicitations and advertisements of IPv6, which nobody tracks; for whom is behind the header. */
const neighbours: fc.Arbitrary<string> = fc
  .record({
    place: fc.constantFrom('in a0', 'in b0'),
    from: fc.constantFrom('fd00:1::2', 'fd00:2::2', 'fe80::2'),
    to: fc.constantFrom('fd00:1::1', 'fd00:2::3', 'ff02::1', 'ff02::2'),
    type: fc.constantFrom(
      'nd-neighbor-advert',
      'nd-router-advert',
      'nd-router-solicit',
      'mld-listener-query',
    ),
    ttl: fc.constantFrom(255, 1, 64),
  })
  .map(({ place, from, to, type, ttl }) => `${place} icmpv6 ${from} -> ${to} ${type} ttl ${ttl}`);

/** Any of them. */
export const otherPackets: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: pieces },
  { weight: 2, arbitrary: long },
  { weight: 3, arbitrary: protocols },
  { weight: 1, arbitrary: neighbours },
);
