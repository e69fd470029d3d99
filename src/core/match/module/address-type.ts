// Whether `addrtype` holds for a packet: the type of an address as the routing tables have it.
import { formatAddress } from '../../datatype/address.ts';
import { addressType } from '../../datatype/nft-types.ts';
import { addressOf, fibType, kindsOfIpv6, plainKindOfIpv6 } from '../../field/routing.ts';
import { type FibQuestion, isUnknown, type PacketView, type Unknown } from '../../field/view.ts';
import type { Truth } from '../define.ts';

/** What is asked of one address. */
export interface TypeTest {
  readonly question: FibQuestion;
  /** In the words of iptables: `LOCAL`. */
  readonly types: readonly string[];
  readonly negated: boolean;
}

/** net/netfilter/xt_addrtype.c: addrtype_mt_v1, match_type, match_type6. */
export function addressTypeTruth(view: PacketView, { question, types, negated }: TypeTest): Truth {
  const { family, frame } = view.packet;
  if (frame) return { result: false, actual: 'no packet of IP' };
  const address = addressOf(view, question.side);
  if (isUnknown(address)) return { result: 'unknown', why: address.unknown };
  const found = family === 4 ? ipv4Kinds(view, question) : ipv6Kinds(view, question, address, types);
  if (isUnknown(found)) return { result: 'unknown', why: found.unknown };
  const holds = family === 4 ? found.some((type) => types.includes(type)) : holdsForIpv6(found, types);
  const actual = `${formatAddress({ family, value: address })} is ${found.join(', ')}`;
  return { result: holds !== negated, actual };
}

function ipv4Kinds(view: PacketView, question: FibQuestion): readonly string[] | Unknown {
  const type = fibType(view, question);
  return isUnknown(type) ? type : [addressType.format(type).toUpperCase()];
}

const ofBits = ['MULTICAST', 'UNICAST', 'UNSPEC'];
const ofTables = ['LOCAL', 'ANYCAST', 'UNREACHABLE'];

/** The tables are asked only for what they know; the bits of an address are one type more. */
function ipv6Kinds(
  view: PacketView,
  { side, device }: FibQuestion,
  address: bigint,
  types: readonly string[],
): readonly string[] | Unknown {
  const plain = plainKindOfIpv6(address)?.toUpperCase() ?? 'of no type';
  const isSettled = types.some((type) => ofBits.includes(type) && type !== plain);
  if (isSettled || !types.some((type) => ofTables.includes(type))) return [plain];
  const kinds = kindsOfIpv6(view, side, device);
  if (isUnknown(kinds)) return kinds;
  const { local, anycast, unreachable } = kinds;
  const known = { LOCAL: local, ANYCAST: anycast, UNREACHABLE: unreachable };
  return [plain, ...Object.entries(known).flatMap(([type, holds]) => (holds ? [type] : []))];
}

/** What the bits say must all hold, and of what the tables say one. */
function holdsForIpv6(found: readonly string[], types: readonly string[]): boolean {
  const [bits, tables] = [ofBits, ofTables].map((some) => types.filter((type) => some.includes(type)));
  const fits = bits?.every((type) => found.includes(type)) === true;
  return fits && (tables?.length === 0 || tables?.some((type) => found.includes(type)) === true);
}
