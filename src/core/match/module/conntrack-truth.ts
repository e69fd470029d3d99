// Whether `conntrack` holds for a packet (net/netfilter/xt_conntrack.c: conntrack_mt).
import { type CtState, type Entry, hasStatus, secondsLeft } from '../../conntrack/entry.ts';
import type { Direction, Tuple } from '../../conntrack/tuple.ts';
import { addressWidth, parseAddress } from '../../datatype/address.ts';
import { prefixRange } from '../../datatype/range.ts';
import { ctStatusBits } from '../../datatype/types.ts';
import { type ConntrackView, isUnknown, type PacketView } from '../../field/view.ts';
import type { Truth } from '../define.ts';
import type { Setting, Settings } from './settings.ts';

/** Why nobody can tell some of its options. */
export const partUnknown = 'that part of the connection is not known';

/** Whether a packet that belongs to no connection may have a state of those that are asked for. */
export function holdsWithoutConnection(words: readonly string[], negated: boolean): boolean {
  return ['INVALID', 'UNTRACKED'].some((state) => words.includes(state) !== negated);
}

/** Without a connection only the state counts, and whatever else is asked passes with it. */
export function connectionTruth(settings: Settings, { ct, now }: PacketView): Truth {
  const state = ct?.state ?? 'invalid';
  const entry = ct?.entry;
  if (state === 'new' && entry === undefined && settings.some(({ option }) => option !== '--ctstate'))
    return { result: 'unknown', why: 'before conntrack there is only what rules said of the connection' };
  if (!ct || entry === undefined)
    return { result: stateOnly(settings, state), actual: `${state}, no connection` };
  if (isUnknown(entry)) return { result: 'unknown', why: entry.unknown };
  const answers = settings.map((setting) => settingHolds(setting, { ct, entry, now }));
  if (answers.includes(false)) return { result: false, actual: state };
  return answers.includes(undefined)
    ? { result: 'unknown', why: partUnknown }
    : { result: true, actual: state };
}

function stateOnly(settings: Settings, state: CtState): boolean {
  const asked = settings.filter(({ option }) => option === '--ctstate');
  return (
    asked.length > 0 &&
    asked.every(
      ({ negated, value: [word = ''] }) => word.split(',').includes(state.toUpperCase()) !== negated,
    )
  );
}

/** Undefined where nobody knows. */
function settingHolds({ option, negated, value: [word = ''] }: Setting, asked: AskedConnection) {
  const found = asks(option, word, asked);
  return found === undefined ? undefined : found !== negated;
}

interface AskedConnection {
  readonly ct: ConntrackView;
  readonly entry: Entry;
  /** Seconds since the history began. */
  readonly now: number | undefined;
}

function asks(option: string, word: string, { ct: { state, direction }, entry, now }: AskedConnection) {
  const words = word.split(',');
  if (option === '--ctstate') return words.some((one) => isState(one, state, entry));
  if (option === '--ctstatus') return words.some((one) => isStatus(one, entry));
  if (option === '--ctproto') return entry.original.protocol === Number(word);
  if (option === '--ctdir') return isUnknown(direction) ? undefined : direction.toUpperCase() === word;
  if (option === '--ctexpire') return isLeft(word, now === undefined ? undefined : secondsLeft(entry, now));
  const [, dir, side, port] = /^--ct(orig|repl)(src|dst)(port)?$/.exec(option) ?? [];
  if (dir === undefined || side === undefined) return undefined;
  const wanted: Direction = dir === 'orig' ? 'original' : 'reply';
  return port === undefined ? inNetwork(word, entry[wanted], side) : hasPort(word, entry[wanted], side);
}

/** Whole seconds, from one number to another. */
function isLeft(word: string, seconds: number | undefined): boolean | undefined {
  const [least = 0, most = least] = word.split(':').map(Number);
  return seconds === undefined ? undefined : least <= Math.floor(seconds) && Math.floor(seconds) <= most;
}

function isState(word: string, state: CtState, entry: Entry): boolean {
  if (word === 'SNAT' || word === 'DNAT') return hasStatus(entry, word === 'SNAT' ? 'snat' : 'dnat');
  return word === state.toUpperCase();
}

function isStatus(word: string, { status }: Entry): boolean {
  const bit = ctStatusBits.constants?.get(word.toLowerCase().replaceAll('_', '-')) ?? 0n;
  return (BigInt(status) & bit) !== 0n;
}

function inNetwork(word: string, tuple: Tuple, side: string): boolean {
  const [text = '', length] = word.split('/');
  const address = parseAddress(text);
  if (address?.family !== tuple.family) return false;
  const width = addressWidth(tuple.family);
  const { lo, hi } = prefixRange(address.value, length === undefined ? width : Number(length), width);
  const actual = side === 'src' ? tuple.source : tuple.destination;
  return lo <= actual && actual <= hi;
}

/** Of ICMP these are the id, and type and code together; what other protocols keep there is not looked at. */
function hasPort(word: string, { layer4 }: Tuple, side: string): boolean | undefined {
  const number =
    layer4.kind === 'ports' ? (side === 'src' ? layer4.sport : layer4.dport) : icmpKey(layer4, side);
  const [lo = 0, hi = lo] = word.split(':').map(Number);
  return number === undefined ? undefined : lo <= number && number <= hi;
}

function icmpKey(layer4: Tuple['layer4'], side: string): number | undefined {
  if (layer4.kind !== 'icmp') return undefined;
  return side === 'src' ? layer4.id : layer4.type * 256 + layer4.code;
}
