// Answers about many connections: worked out by traces for the first of its kind, found again for all others.
//
//   dimension.ts     the parts of packets with too many values to list: addresses, ports; which of them a field is
//   component.ts     the same parts of both tuples of a connection
//   borders.ts       the values of a part in classes
//   host-borders.ts  what routing of a host tells apart
//   asked.ts         what a condition or statement asks about a packet; recorded.ts where it does not say that
//   rule-index.ts    the rules of a chain that may match; indexed.ts asks it
//   recording.ts     all questions that traces of a connection's packets ask, in order
//   tree.ts          the questions and answers that led to each result
//   key-table.ts     keys to numbers
//
// A trace does nothing but ask: what routing and conntrack look at is part of the key, what rules look at is recorded. Two
// connections with one key and the same answers take the same way, so that the next question is the same for both.
import { addressAt, type CompactEntry, keyAt, layer4Code } from '../conntrack/compact/compact-entry.ts';
import type { Host } from '../topology/host.ts';
import { type HostBorders, hostBorders } from './host-borders.ts';
import { type KeyTable, keyTable } from './key-table.ts';
import { type Knowledge, newKnowledge, type Recording, record } from './recording.ts';
import { find, grow, type Node } from './tree.ts';

/** What an answer depends on: the first packet of a connection alone, or the connection with all that is kept of it. */
export type Scope = 'first-packet' | 'connection';

/** Works an answer out by traces that have the observers of the recording; it must hold for all that are traced alike. */
export type Work<Answer> = (connection: CompactEntry, recording: Recording) => Answer;

/** A tree of more nodes than these begins anew. */
const mostNodes = 500_000;

/** The answer to one question for each connection; mostly the same object for those that are traced alike. */
export function classifier<Answer extends object>(
  scope: Scope,
  host: Host | undefined,
  work: Work<Answer>,
): (connection: CompactEntry) => Answer {
  const borders = hostBorders(host);
  const knowledge = newKnowledge();
  const width = keyWords[scope];
  let forest = emptyForest<Answer>(width);
  const words = new Uint32Array(width);
  return (connection) => {
    if (isToGroup(connection)) return work(connection, record(connection, newKnowledge()));
    writeKey(borders, scope, connection, words);
    const root = forest.keys.indexOf(words);
    const known = find(forest.roots[root], connection);
    if (known) return known;
    const { answer, recording, isVoid } = workOut(work, connection, knowledge);
    if (isVoid || forest.nodes > mostNodes) forest = emptyForest(width);
    const place = forest.keys.indexOf(words);
    const grown = grow(forest.roots[place], recording.path, answer);
    forest.roots[place] = grown.root;
    forest.nodes += grown.made;
    return answer;
  };
}

/** Until nothing more turns out unfit for an index. */
function workOut<Answer>(work: Work<Answer>, connection: CompactEntry, knowledge: Knowledge) {
  let isVoid = false;
  for (;;) {
    const recording = record(connection, knowledge);
    const answer = work(connection, recording);
    if (!recording.isVoid) return { answer, recording, isVoid };
    isVoid = true;
  }
}

/** A tree for each key, at its number. */
interface Forest<Answer> {
  readonly keys: KeyTable;
  readonly roots: (Node<Answer> | undefined)[];
  nodes: number;
}

function emptyForest<Answer>(width: number): Forest<Answer> {
  return { keys: keyTable(width), roots: [], nodes: 0 };
}

/** A host may have joined any group, so that each connection to one is traced. */
function isToGroup({ family, addresses }: CompactEntry): boolean {
  const least = family === 4 ? 0xe000_0000 : 0xff00_0000;
  for (let at = 0; at < 16; at += 4) if ((addresses[at] ?? 0) >= least) return true;
  return false;
}

/** So long is the key. */
const keyWords: Readonly<Record<Scope, number>> = { 'first-packet': 5, connection: 13 };

/** Everything that routing and conntrack may look at, as classes or as it is. */
function writeKey(borders: HostBorders, scope: Scope, connection: CompactEntry, key: Uint32Array): void {
  const { family, protocol, layer4, keys } = connection;
  const kind = layer4 === layer4Code.icmp ? ((keys[0] ?? 0) << 8) | (keys[1] ?? 0) : 0;
  const loops = isSameAddress(connection, addressAt.originalSource, addressAt.originalDestination) ? 1 : 0;
  key[0] = family | (protocol << 4) | (layer4 << 12) | (loops << 14) | (kind << 16);
  writeTuple(borders, connection, addressAt.originalSource, keyAt.original, key, 1);
  if (scope === 'first-packet') return;
  writeTuple(borders, connection, addressAt.replySource, keyAt.reply, key, 5);
  key[9] = connection.status | (unmoved(connection) << 20);
  key[10] = connection.state;
  key[11] = connection.mark;
  key[12] = connection.zoneOriginal | (connection.zoneReply << 16);
}

function writeTuple(
  { addresses: { 4: narrow, 6: wide }, ports }: HostBorders,
  { family, addresses, keys, layer4 }: CompactEntry,
  address: number,
  port: number,
  key: Uint32Array,
  to: number,
): void {
  for (let side = 0; side < 2; side++) {
    const at = address + 4 * side;
    key[to + side] = family === 4 ? narrow.classOf(addresses[at] ?? 0) : wide.classOfWords(addresses, at);
    key[to + 2 + side] = layer4 === layer4Code.ports ? ports.classOf(keys[port + side] ?? 0) : 0;
  }
}

/** Which ends of the connection are the same in both tuples, a bit for each: translation is seen by that. */
function unmoved(connection: CompactEntry): number {
  const { keys } = connection;
  const isSameSource = isSameAddress(connection, addressAt.originalSource, addressAt.replyDestination);
  const isSameDestination = isSameAddress(connection, addressAt.originalDestination, addressAt.replySource);
  const [first, second, third] = [keyAt.original, keyAt.original + 1, keyAt.original + 2];
  const isSameSport = keys[first] === keys[keyAt.reply + 1] && keys[third] === keys[keyAt.reply + 2];
  const isSameDport = keys[second] === keys[keyAt.reply];
  return (isSameSource ? 1 : 0) | (isSameDestination ? 2 : 0) | (isSameSport ? 4 : 0) | (isSameDport ? 8 : 0);
}

function isSameAddress({ addresses }: CompactEntry, one: number, other: number): boolean {
  for (let at = 0; at < 4; at++) if (addresses[one + at] !== addresses[other + at]) return false;
  return true;
}
