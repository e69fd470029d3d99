// The states of protocols by number: nf_conntrack_proto_tcp.c: tcp_conntrack_names and its neighbours, all in one list.
import { dccpStates, olderStates, sctpStates, tcpStates } from '../protocol-states.ts';
import { ascii, type Cursor, noNumber, skip } from './cursor.ts';

/** What conntrack and /proc/net/nf_conntrack print; the place in the list is what a compact entry has. */
export const stateNames: readonly string[] = [
  '',
  ...new Set<string>([...tcpStates, ...sctpStates, ...dccpStates, ...olderStates]),
];

interface Candidate {
  readonly state: number;
  readonly word: Uint8Array;
}

const words: readonly Candidate[] = stateNames.flatMap((name, state) =>
  state === 0 ? [] : [{ state, word: ascii(`${name} `) }],
);

/** By a number that follows from its first bytes, which of the states it can be; the shortest have four letters. */
const candidates: readonly (readonly Candidate[])[] = Array.from({ length: 32 }, (_, hash) =>
  words.filter(({ word }) => hashOf(word, 0) === hash),
);

function hashOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) + 5 * (bytes[at + 1] ?? 0) + 7 * (bytes[at + 3] ?? 0) + (bytes[at + 4] ?? 0)) & 31;
}

/** Goes over a state and the space behind it; answers its place in {@link stateNames}, or noNumber. */
export function readState(cursor: Cursor): number {
  const possible = candidates[hashOf(cursor.bytes, cursor.at)] ?? [];
  for (const { state, word } of possible) if (skip(cursor, word)) return state;
  return noNumber;
}
