// What `recent` finds on its list of addresses and puts there: net/netfilter/xt_recent.c.
import { type AddressFamily, formatAddress, parseAddress } from '../../datatype/address.ts';
import type { PacketView } from '../../field/view.ts';
import type { EvaluationContext, Truth } from '../define.ts';
import { type Memory, type RecentEntry, ticksOf, ticksPerSecond } from '../memory.ts';
import { has, type Settings, wordOf } from './settings.ts';

/** What the kernel takes: ip_list_tot and the most stamps of an entry. */
const longestList = 100;
const mostStamps = 65_536;

/** What is asked of the list, about one packet. */
interface Question {
  readonly settings: Settings;
  readonly memory: Memory;
  readonly address: string;
  readonly family: AddressFamily;
  readonly ttl: number;
  readonly now: number;
  readonly entries: readonly RecentEntry[];
}

/** recent_mt. Without a memory only `set` is certain; what was on the list before these packets is not known. */
export function recentTruth(settings: Settings, { view, memory }: EvaluationContext): Truth {
  const name = wordOf(settings, '--name') ?? 'DEFAULT';
  const why = `which addresses are on the list \`${name}\` is not known`;
  const negated = settings.some((one) => one.negated);
  const question = memory && questionOf(settings, view, memory, name);
  const isSet = has(settings, '--set');
  if (!question) return isSet ? { result: !negated, actual: onList } : { result: 'unknown', why };
  const { holds, entries } = isSet ? setIn(question, negated) : askIn(question, negated);
  question.memory.remember({ kind: 'recent', entries }, listOf(name));
  const actual = isSet ? onList : `the address is ${holds === negated ? 'not ' : ''}on the list like that`;
  return { result: holds, actual };
}

const onList = 'the address is put on the list';

function listOf(name: string) {
  return { of: 'machine', name: `recent ${name}` } as const;
}

function questionOf(
  settings: Settings,
  view: PacketView,
  memory: Memory,
  name: string,
): Question | undefined {
  const side = has(settings, '--rdest') ? 'destination' : 'source';
  if (view.unknown[side]) return undefined;
  const { family } = view.packet;
  const mask = wordOf(settings, '--mask');
  const bits = mask === undefined ? undefined : parseAddress(mask)?.value;
  const value = bits === undefined ? view.packet[side] : view.packet[side] & bits;
  const known = memory.recall(listOf(name));
  return {
    settings,
    memory,
    family,
    address: `${value}`,
    ttl: ttlBefore(view),
    now: ticksOf(memory),
    entries: known?.kind === 'recent' ? known.entries : [],
  };
}

/** As it was before forwarding. */
function ttlBefore({ packet, hook, iif }: PacketView): number {
  const isForwarded = hook === 'forward' || (hook === 'postrouting' && iif !== undefined);
  return packet.ttl + (isForwarded ? 1 : 0);
}

interface Answer {
  readonly holds: boolean;
  readonly entries: readonly RecentEntry[];
}

/** recent_entry_lookup. */
function find({ settings, entries, address, family, ttl }: Question): RecentEntry | undefined {
  const isTtlAsked = has(settings, '--rttl');
  return entries.find(
    (one) =>
      one.address === address && one.family === family && (!isTtlAsked || one.ttl === ttl || one.ttl === 0),
  );
}

function setIn(question: Question, negated: boolean): Answer {
  return { holds: !negated, entries: stamped(question, find(question)) };
}

/** recent_entry_init, recent_entry_update: the entry gets the time and moves to the end of the list. */
function stamped(
  { entries, memory, ...own }: Question,
  entry: RecentEntry | undefined,
): readonly RecentEntry[] {
  const { address, family, ttl, now } = own;
  const stamps = [...(entry?.stamps ?? []), now].slice(-mostStamps);
  const isComplete = entry ? entry.isComplete : memory.fresh;
  const others = entries.filter((one) => one !== entry);
  const isFull = !entry && others.filter((one) => one.stamps.length > 0).length >= longestList;
  return [...others.slice(isFull ? 1 : 0), { address, family, ttl, stamps, isComplete }];
}

function askIn(question: Question, negated: boolean): Answer {
  const { settings, entries, memory } = question;
  const found = find(question);
  if (!found && memory.fresh) return { holds: negated, entries };
  const entry = found ?? supposedEntry(question);
  const others = entries.filter((one) => one !== found);
  const known = [...others.slice(0, found ? entries.indexOf(found) : undefined), entry];
  const all = [...known, ...others.slice(known.length - 1)];
  if (!isThere(entry)) return { holds: negated, entries: all };
  if (!has(settings, '--remove')) return lookUp({ ...question, entries: all }, entry, negated);
  const removed = { ...entry, stamps: [], isComplete: true };
  return { holds: !negated, entries: memory.fresh ? others : [...others, removed] };
}

/** What nobody has told of an address: perhaps it is on the list, and nobody knows since when. */
function supposedEntry({ memory, address, family, settings }: Question): RecentEntry {
  const name = wordOf(settings, '--name') ?? 'DEFAULT';
  const shown = formatAddress({ family, value: BigInt(address) });
  const answer = memory.choose(`${shown} was on the list \`${name}\` before`, ['yes', 'no']);
  return { address, family, ttl: 0, stamps: [], isComplete: answer === 'no' };
}

/** An entry without stamps that is complete was taken off the list. */
function isThere({ stamps, isComplete }: RecentEntry): boolean {
  return stamps.length > 0 || !isComplete;
}

/** Counts the stamps that are young enough; an update adds one where the rule holds. */
function lookUp(question: Question, entry: RecentEntry, negated: boolean): Answer {
  const { settings, entries, now } = question;
  // net/netfilter/xt_recent.c: 0 of either asks for nothing.
  const seconds = Number(wordOf(settings, '--seconds') ?? 0);
  const oldest = seconds === 0 ? -Infinity : now - seconds * ticksPerSecond;
  const wanted = Math.max(1, Number(wordOf(settings, '--hitcount') ?? 0));
  const hits = entry.stamps.filter((stamp) => stamp >= oldest).length;
  const found = hits >= wanted || (!entry.isComplete && isSupposedHit(question, entry));
  const holds = found !== negated;
  const updates = has(settings, '--update') && holds;
  const left = has(settings, '--reap') ? reaped(entries, oldest, updates ? entry : undefined) : entries;
  return { holds, entries: updates ? stamped({ ...question, entries: left }, entry) : left };
}

function isSupposedHit({ memory, settings }: Question, { stamps }: RecentEntry): boolean {
  const seconds = wordOf(settings, '--seconds');
  if (stamps.length === 0 && seconds === undefined && !has(settings, '--hitcount')) return true;
  return memory.choose('the address was seen often enough before these packets', ['yes', 'no']) === 'yes';
}

/** recent_entry_reap: the entry that was touched longest ago goes, if its last stamp is too old. */
function reaped(
  entries: readonly RecentEntry[],
  oldest: number,
  kept: RecentEntry | undefined,
): readonly RecentEntry[] {
  const [first, ...others] = entries;
  const last = first?.stamps.at(-1);
  return first && first !== kept && last !== undefined && last < oldest ? others : entries;
}
