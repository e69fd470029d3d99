// What sums of connections are made of, as numbers: read from a compact entry without making an object of it.
import {
  addressAt,
  type CompactEntry,
  keyAt,
  layer4Code,
  untold,
} from '../conntrack/compact/compact-entry.ts';
import { compactAddress } from '../conntrack/compact/convert.ts';
import { stateNames } from '../conntrack/compact/state.ts';
import { ctStatus, type Entry, hasStatus } from '../conntrack/entry.ts';
import { portKey } from '../conntrack/nat-port.ts';
import { type AddressFamily, formatAddress } from '../datatype/address.ts';
import { serviceKey } from './service.ts';
import { stateWithProtocol } from './state.ts';

/** An address of IPv4 as a number, which maps find much faster, of IPv6 as a bigint. */
export type AddressKey = number | bigint;

/** Facts of one connection. */
export interface Facts {
  protocol: number;
  /** The address that began it. */
  source: AddressKey;
  /** Its protocol and its state, for people. */
  state: string;
  /** The number of its service. */
  service: number;
  /** Seconds until it is forgotten, or untold. */
  timeout: number;
  /** Of both directions; 0 without counters. */
  bytes: number;
  hasCounters: boolean;
  /** What its source is translated to; 0 where there is no such port. */
  translatedTo: AddressKey;
  /** The port or ICMP identifier that goes with it; untold where its source is not translated, or has none. */
  translatedPort: number;
}

/** Of an ordinary entry. */
export function factsOf(entry: Entry): Facts {
  const { original, reply, timeout = untold, counters } = entry;
  const { protocol } = original;
  const port = hasStatus(entry, 'snat') ? portKey(reply, 'destination') : undefined;
  return {
    protocol,
    source: addressKey(original.family, original.source),
    state: stateWithProtocol(protocol, entry),
    service: serviceKey(original),
    timeout,
    bytes: counters ? counters.original.bytes + counters.reply.bytes : 0,
    hasCounters: counters !== undefined,
    translatedTo: port === undefined ? 0 : addressKey(reply.family, reply.destination),
    translatedPort: port ?? untold,
  };
}

function addressKey(family: AddressFamily, value: bigint): AddressKey {
  return family === 4 ? Number(value) : value;
}

/** The address for people. */
export function addressKeyText(key: AddressKey): string {
  return formatAddress({ family: typeof key === 'number' ? 4 : 6, value: BigInt(key) });
}

/** Of compact entries; each answer is the same record, filled again. */
export function compactFacts(): (compact: CompactEntry) => Facts {
  const states = new Map<number, string>();
  // A fraction at first, so that V8 keeps these fields as floating-point numbers from the beginning.
  const number = 0.5;
  const facts: Facts = {
    protocol: 0,
    source: 0,
    state: '',
    service: 0,
    timeout: number,
    bytes: number,
    hasCounters: false,
    translatedTo: 0,
    translatedPort: untold,
  };
  return (compact) => {
    const { protocol, counters, hasCounters, timeout } = compact;
    facts.protocol = protocol;
    facts.source = keyAtPlace(compact, addressAt.originalSource);
    facts.state = stateIn(states, compact);
    facts.service = serviceOf(compact);
    facts.timeout = timeout;
    facts.bytes = hasCounters ? (counters[1] ?? 0) + (counters[3] ?? 0) : 0;
    facts.hasCounters = hasCounters;
    facts.translatedPort = translatedPort(compact);
    const isTranslated = facts.translatedPort !== untold;
    facts.translatedTo = isTranslated ? keyAtPlace(compact, addressAt.replyDestination) : 0;
    return facts;
  };
}

function keyAtPlace({ family, addresses }: CompactEntry, at: number): AddressKey {
  return family === 4 ? (addresses[at] ?? 0) : compactAddress(addresses, at, family);
}

/** The bits of the status that the words for a state depend on, and the state and protocol, are a key of few values. */
const told = ctStatus.offload | ctStatus['seen-reply'] | ctStatus.assured;

function stateIn(states: Map<number, string>, { protocol, state, status }: CompactEntry): string {
  const key = (status & told) * 65_536 + state * 256 + protocol;
  const known = states.get(key);
  if (known !== undefined) return known;
  const name = stateNames[state];
  const text = stateWithProtocol(protocol, { status, ...(state !== 0 && { protocolState: name }) });
  states.set(key, text);
  return text;
}

function serviceOf({ protocol, layer4, keys }: CompactEntry): number {
  return protocol * 65_537 + (layer4 === layer4Code.ports ? (keys[keyAt.original + 1] ?? 0) + 1 : 0);
}

function translatedPort({ status, layer4, keys }: CompactEntry): number {
  if ((status & ctStatus.snat) === 0) return untold;
  if (layer4 === layer4Code.ports) return keys[keyAt.reply + 1] ?? 0;
  return layer4 === layer4Code.icmp ? (keys[keyAt.reply + 2] ?? 0) : untold;
}
