// Answers about many connections: worked out once for all that no question so far tells apart.
//
//   dimension.ts     the parts of packets with too many values: addresses, ports; which of them a field is
//   partition.ts     the values of one dimension in classes
//   space.ts         the partitions of all dimensions, which grow with what is asked
//   host-borders.ts  what routing tells apart
//   observe.ts       what rules tell apart, learned from traces; recorded.ts where a rule does not say it
//   rule-index.ts    the rules of a long chain that may match
//   key-table.ts     keys to numbers
//
// A trace is the same for two connections if all that it asks about them is: the borders of all conditions that it came
// to, and of what routing looks at, lie in the space before its answer is kept.
import { addressAt, type CompactEntry, keyAt, layer4Code } from '../conntrack/compact/compact-entry.ts';
import type { Host } from '../topology/host.ts';
import type { Observer } from '../trace/observer.ts';
import { addHost } from './host-borders.ts';
import { type KeyTable, keyTable } from './key-table.ts';
import { learning } from './observe.ts';
import { type Address, emptySpace, type Space } from './space.ts';

/** What an answer depends on: the first packet of a connection alone, or the connection with all that is kept of it. */
export type Scope = 'first-packet' | 'connection';

/** Works an answer out; traces that it makes must have the observer. The answer must be one of the whole class. */
export type Work<Answer> = (connection: CompactEntry, observer: Observer) => Answer;

/** More answers than these are not kept at once. */
const mostAnswers = 200_000;

/** The answer to one question for each connection; the same object for those of a class. */
export function classifier<Answer extends object>(
  scope: Scope,
  host: Host | undefined,
  work: Work<Answer>,
): (connection: CompactEntry) => Answer {
  const space = emptySpace(scope === 'connection');
  addHost(space, host);
  const observer = learning(space);
  const keys = { 4: answers<Answer>(scope, 4), 6: answers<Answer>(scope, 6) };
  let { version } = space;
  const forget = () => {
    version = space.version;
    keys[4] = answers(scope, 4);
    keys[6] = answers(scope, 6);
  };
  return (connection) => {
    const { family } = connection;
    let { table, found, words } = keys[family];
    writeKey(space, scope, connection, words);
    const index = table.indexOf(words);
    const known = found[index];
    if (known) return known;
    const answer = work(connection, observer);
    if (space.version !== version || table.size > mostAnswers) {
      forget();
      ({ table, found, words } = keys[family]);
      writeKey(space, scope, connection, words);
      table.indexOf(words);
    }
    found.push(answer);
    return answer;
  };
}

/** What is known by now; the answer to a key is at its number. */
interface Answers<Answer> {
  readonly table: KeyTable;
  readonly found: Answer[];
  /** The key at hand. */
  readonly words: Uint32Array;
}

function answers<Answer>(scope: Scope, family: 4 | 6): Answers<Answer> {
  const addressWords = family === 4 ? 1 : 4;
  const width = scope === 'first-packet' ? 3 + 2 * addressWords : 9 + 4 * addressWords;
  return { table: keyTable(width), found: [], words: new Uint32Array(width) };
}

/** Everything that an answer may depend on, as classes or as it is. */
function writeKey(space: Space, scope: Scope, connection: CompactEntry, key: Uint32Array): void {
  const { family, protocol, layer4, keys } = connection;
  const isIcmp = layer4 === layer4Code.icmp;
  const kind = isIcmp ? ((keys[0] ?? 0) << 8) | (keys[1] ?? 0) : 0;
  const loops = sameAddress(connection, addressAt.originalSource, addressAt.originalDestination) ? 1 : 0;
  key[0] = family | (protocol << 4) | (layer4 << 12) | (loops << 14) | (kind << 16);
  let to = 1;
  to = writePorts(space, connection, keyAt.original, key, to);
  to = writeAddress(space, connection, 'source', addressAt.originalSource, key, to);
  to = writeAddress(space, connection, 'destination', addressAt.originalDestination, key, to);
  if (scope === 'first-packet') return;
  to = writePorts(space, connection, keyAt.reply, key, to);
  to = writeAddress(space, connection, 'source', addressAt.replySource, key, to);
  to = writeAddress(space, connection, 'destination', addressAt.replyDestination, key, to);
  key[to++] = connection.status | (unmoved(connection) << 20);
  key[to++] = connection.state;
  key[to++] = connection.mark;
  key[to++] = connection.zoneOriginal | (connection.zoneReply << 16);
}

/** Ports, or the identifier of ICMP; the keys of GRE are asked by nobody. */
function writePorts(
  { narrow }: Space,
  { layer4, keys }: CompactEntry,
  from: number,
  key: Uint32Array,
  to: number,
): number {
  const isPorts = layer4 === layer4Code.ports;
  if (isPorts) {
    key[to] = narrow.sport.classOf(keys[from] ?? 0);
    key[to + 1] = narrow.dport.classOf(keys[from + 1] ?? 0);
  } else {
    key[to] = layer4 === layer4Code.icmp ? narrow.id.classOf(keys[from + 2] ?? 0) : 0;
    key[to + 1] = 0;
  }
  return to + 2;
}

function writeAddress(
  { narrow, wide }: Space,
  { family, addresses }: CompactEntry,
  dimension: Address,
  from: number,
  key: Uint32Array,
  to: number,
): number {
  if (family === 6) {
    wide[dimension].classInto(addresses, from, key, to);
    return to + 4;
  }
  key[to] = narrow[dimension].classOf(addresses[from] ?? 0);
  return to + 1;
}

/** Which ends of the connection are the same in both tuples, a bit for each: translation is seen by that. */
function unmoved(connection: CompactEntry): number {
  const { keys } = connection;
  const isSameSource = sameAddress(connection, addressAt.originalSource, addressAt.replyDestination);
  const isSameDestination = sameAddress(connection, addressAt.originalDestination, addressAt.replySource);
  const [first, second, third] = [keyAt.original, keyAt.original + 1, keyAt.original + 2];
  const isSameSport = keys[first] === keys[keyAt.reply + 1] && keys[third] === keys[keyAt.reply + 2];
  const isSameDport = keys[second] === keys[keyAt.reply];
  return (isSameSource ? 1 : 0) | (isSameDestination ? 2 : 0) | (isSameSport ? 4 : 0) | (isSameDport ? 8 : 0);
}

function sameAddress({ addresses }: CompactEntry, one: number, other: number): boolean {
  for (let at = 0; at < 4; at++) if (addresses[one + at] !== addresses[other + at]) return false;
  return true;
}
