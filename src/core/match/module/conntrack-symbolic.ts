// For which packets `conntrack` holds, of all there are: the same as conntrack-truth.ts says of one.
import type { Node } from '../../bdd/bdd.ts';
import { inRange } from '../../bdd/vector.ts';
import { addressWidth, parseAddress } from '../../datatype/address.ts';
import { prefixRange, single } from '../../datatype/range.ts';
import { ctStateBits, ctStatusBits } from '../../datatype/types.ts';
import { ctDirectionField, ctState, ctStatusField, ofConnection } from '../../field/ct.ts';
import type { Field } from '../../field/define.ts';
import { bitsOf, fieldIs, type Symbols } from '../../field/symbolic.ts';
import { protocolNumber } from '../../packet/packet.ts';
import { fieldOfTuple } from '../nft/ct-tuple.ts';
import { allOf, anyOf } from '../symbolic.ts';
import type { Setting, Settings } from './settings.ts';

/** Packets in one of the states, in the words of iptables. */
function inStates(symbols: Symbols, words: readonly string[]): Node {
  const states = words.flatMap((word) => ctStateBits.constants?.get(word.toLowerCase()) ?? []);
  return anyOf(
    symbols.bdd,
    states.map((state) => fieldIs(symbols, ctState, state)),
  );
}

/** Without a connection only the state counts, and whatever else is asked passes with it. */
export function symbolicConnection(settings: Settings, symbols: Symbols): Node {
  const { bdd } = symbols;
  const isTracked = ofConnection(symbols);
  const asked = settings.filter(({ option }) => option === '--ctstate');
  const without =
    asked.length === 0
      ? 0
      : allOf(
          bdd,
          asked.map((one) => stateHolds(symbols, one)),
        );
  const withOne = allOf(
    bdd,
    settings.map((one) => settingHolds(symbols, one)),
  );
  const known = bdd.ite(isTracked, withOne, without);
  const isBefore = symbols.hook === 'prerouting' || symbols.hook === 'output';
  if (asked.length === settings.length || !isBefore) return known;
  // Before conntrack there is only what rules said of the connection.
  const isTemplate = bdd.minus(fieldIs(symbols, ctState, stateNew), isTracked);
  return bdd.ite(isTemplate, symbols.free('conntrack of a packet that conntrack has not seen'), known);
}

const stateNew = ctStateBits.constants?.get('new') ?? 0n;

function wordsOf({ value: [word = ''] }: Setting): readonly string[] {
  return word.split(',');
}

/** For which packets `state` or `--ctstate` holds, by the state alone. */
export function stateHolds(symbols: Symbols, setting: Setting): Node {
  const found = inStates(symbols, wordsOf(setting));
  return setting.negated ? symbols.bdd.not(found) : found;
}

/** Of a packet with a connection. */
function settingHolds(symbols: Symbols, setting: Setting): Node {
  const found = asks(symbols, setting);
  return setting.negated ? symbols.bdd.not(found) : found;
}

function asks(symbols: Symbols, setting: Setting): Node {
  const { option, value } = setting;
  const [word = ''] = value;
  if (option === '--ctstate') return isState(symbols, wordsOf(setting));
  if (option === '--ctstatus') return hasStatus(symbols, wordsOf(setting));
  if (option === '--ctproto') return fieldIs(symbols, fieldOfTuple('original', 'protocol'), BigInt(word));
  if (option === '--ctdir') return fieldIs(symbols, ctDirectionField, word === 'ORIGINAL' ? 0n : 1n);
  const [, dir, side, port] = /^--ct(orig|repl)(src|dst)(port)?$/.exec(option) ?? [];
  if (dir === undefined || side === undefined) return symbols.free(`conntrack ${option.slice(2)} ${word}`);
  const direction = dir === 'orig' ? 'original' : 'reply';
  return port === undefined
    ? inNetwork(symbols, word, direction, side)
    : hasPort(symbols, setting, fieldOfTuple(direction, `proto-${side}`));
}

function isState(symbols: Symbols, words: readonly string[]): Node {
  const translated = words.filter((word) => word === 'SNAT' || word === 'DNAT');
  return symbols.bdd.or(inStates(symbols, words), hasStatus(symbols, translated));
}

function hasStatus(symbols: Symbols, words: readonly string[]): Node {
  const bits = words.map(
    (word) => ctStatusBits.constants?.get(word.toLowerCase().replaceAll('_', '-')) ?? 0n,
  );
  const status = bitsOf(symbols, ctStatusField);
  const asked = status.filter((_, at) => bits.includes(1n << BigInt(status.length - 1 - at)));
  return anyOf(symbols.bdd, asked);
}

function inNetwork(symbols: Symbols, word: string, direction: 'original' | 'reply', side: string): Node {
  const [text = '', length] = word.split('/');
  const address = parseAddress(text);
  if (!address) return 0;
  const width = addressWidth(address.family);
  const range = prefixRange(address.value, length === undefined ? width : Number(length), width);
  const family = address.family === 4 ? 'ip' : 'ip6';
  return inField(symbols, fieldOfTuple(direction, `${family} ${side === 'src' ? 'saddr' : 'daddr'}`), range);
}

function inField(symbols: Symbols, field: Field, range: { readonly lo: bigint; readonly hi: bigint }): Node {
  const { bdd } = symbols;
  return bdd.and(symbols.read(field).present, inRange(bdd, bitsOf(symbols, field), range));
}

/** Protocols of whose connections a trace knows ports, or what stands in their place. */
const { tcp, udp, udplite, icmp, icmpv6 } = protocolNumber;
const ported = [tcp, udp, udplite, icmp, icmpv6];

function hasPort(symbols: Symbols, { option, value: [word = ''] }: Setting, field: Field): Node {
  const { bdd } = symbols;
  const [lo = 0n, hi = lo] = word.split(':').map(BigInt);
  const protocol = fieldOfTuple('original', 'protocol');
  const isKnown = anyOf(
    bdd,
    ported.map((number) => inField(symbols, protocol, single(BigInt(number)))),
  );
  return bdd.ite(
    isKnown,
    inField(symbols, field, { lo, hi }),
    symbols.free(`conntrack ${option.slice(2)} ${word}`),
  );
}
