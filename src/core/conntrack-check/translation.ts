// Whether a connection is translated as the nat rules translate it today: held against what they allow, since the kernel
// chooses among addresses and ports.
import { type Entry, hasStatus } from '../conntrack/entry.ts';
import type { Manip, NatRange } from '../conntrack/nat.ts';
import { narrowed } from '../conntrack/nat-address.ts';
import { portKey } from '../conntrack/nat-port.ts';
import { invert, type Tuple } from '../conntrack/tuple.ts';
import { isUnknown } from '../field/view.ts';
import type { GivenTranslation, Way } from '../trace/step.ts';
import type { Trace } from '../trace/trace.ts';

/** `drift`: the rules do not allow the translation that the connection has. */
export type TranslationVerdict = 'as-ruled' | 'drift' | 'unknown';

/** How a connection's translation stands to the rules of today. */
export interface Translation {
  readonly verdict: TranslationVerdict;
  /** The reply tuple that the rules give; of addresses and ports that the kernel chooses it is one of several. */
  readonly expected?: Tuple;
  /** The rules that translate it today; no rule where absent. */
  readonly given?: readonly GivenTranslation[];
}

/** On every way that its first packet may go; where they differ, or are not all known, it is unknown. */
export function compareTranslations(entry: Entry, traced: Trace): Translation {
  const [{ conntrack, translations }] = traced.ways;
  const expected = expectedReply(entry.original, conntrack?.entry);
  return {
    verdict: judgeTranslation(entry, ruledOf(traced)),
    ...(expected && { expected }),
    ...(translations.length > 0 && { given: translations }),
  };
}

/** By the entry that is predicted; without one nothing is translated. Undefined where it is not known. */
export function expectedReply(original: Tuple, predicted: PredictedEntry): Tuple | undefined {
  if (!predicted) return invert(original);
  return isUnknown(predicted) ? undefined : predicted.reply;
}

type PredictedEntry = NonNullable<Way['conntrack']>['entry'];

/** What the rules do with each half of a connection, on each way that its first packet may go; undefined if not known. */
export type Ruled = readonly RuledWay[] | undefined;

/** `followed`: the reply tuple of one that was expected, which is translated like its master. */
type RuledWay = Readonly<Record<Manip, RuledHalf>> | { readonly followed: Tuple } | undefined;

/** Nothing, what they allow, or it is not known. */
export type RuledHalf = NatRange | 'untouched' | 'unknown';

/** The same for all connections whose first packets go the same ways, but for one that was expected. */
export function ruledOf({ ways, complete }: Trace): Ruled {
  return complete ? ways.map(ruledOn) : undefined;
}

/** A half of which the nat chains were not asked, as its packet ended before, tells nothing. */
function ruledOn(way: Way): RuledWay {
  const predicted = way.conntrack?.entry;
  if (isUnknown(predicted)) return undefined;
  // Rules that have nothing tracked, or that leave its packets untracked, translate nothing.
  if (!predicted)
    return way.verdict === 'accept' ? { source: 'untouched', destination: 'untouched' } : undefined;
  if (hasStatus(predicted, 'expected')) return { followed: predicted.reply };
  return { source: halfOf('source', predicted, way), destination: halfOf('destination', predicted, way) };
}

function halfOf(manip: Manip, predicted: Entry, { verdict, translations }: Way): RuledHalf {
  const given = translations.find((one) => one.manip === manip);
  if (given) return given.range ?? 'unknown';
  const isAsked = hasStatus(predicted, manip === 'source' ? 'snat-done' : 'dnat-done');
  return isAsked || verdict === 'accept' ? 'untouched' : 'unknown';
}

/** Whether the rules allow the difference of both tuples. */
export function judgeTranslation(entry: Entry, ruled: Ruled): TranslationVerdict {
  const verdicts = (ruled ?? []).map((way) => judgeWay(entry, way));
  const [first = 'unknown'] = verdicts;
  return verdicts.every((verdict) => verdict === first) ? first : 'unknown';
}

function judgeWay(entry: Entry, ruled: RuledWay): TranslationVerdict {
  if (!ruled) return 'unknown';
  if ('followed' in ruled) return compareFollowed(entry, ruled.followed);
  const verdicts = (['destination', 'source'] as const).map((manip) => judgeHalf(entry, manip, ruled[manip]));
  if (verdicts.includes('drift')) return 'drift';
  return verdicts.includes('unknown') ? 'unknown' : 'as-ruled';
}

function judgeHalf({ original, reply }: Entry, manip: Manip, ruled: RuledHalf): TranslationVerdict {
  if (ruled === 'unknown') return 'unknown';
  const change: Change = {
    manip,
    before: { address: original[manip], key: portKey(original, manip) },
    after: { address: reply[opposite[manip]], key: portKey(reply, opposite[manip]) },
    isIcmp: original.layer4.kind === 'icmp',
  };
  return ruled === 'untouched'
    ? allowedWithoutRule(change)
    : allowedBy(narrowed(ruled, original[manip]), change);
}

/** What the source is translated to is where answers go, and the other way round. */
const opposite = { source: 'destination', destination: 'source' } as const;

/** One half of the connection, as its packets begin and as the far end knows it. */
interface Change {
  readonly manip: Manip;
  readonly before: End;
  readonly after: End;
  readonly isIcmp: boolean;
}

interface End {
  readonly address: bigint;
  /** The port or ICMP identifier, where there is one. */
  readonly key: number | undefined;
}

/** No rule: the address stays, and the port of the source unless another connection has it (nf_nat_alloc_null_binding). */
function allowedWithoutRule(change: Change): TranslationVerdict {
  if (change.before.address !== change.after.address) return 'drift';
  return mayHaveMoved(change) ? 'as-ruled' : 'drift';
}

function allowedBy(range: NatRange, change: Change): TranslationVerdict {
  const { before, after } = change;
  const { minAddress = before.address, maxAddress = minAddress } = range;
  if (after.address < minAddress || after.address > maxAddress) return 'drift';
  if (after.key === undefined) return 'as-ruled';
  if (range.minPort === undefined) return mayHaveMoved(change) ? 'as-ruled' : 'drift';
  return allowedPort(range, range.minPort, { before: before.key ?? 0, after: after.key });
}

/** Of a shifted range the port is given; another of the range is taken where that one was in use. */
function allowedPort(
  { maxPort, basePort }: NatRange,
  minPort: number,
  { before, after }: { readonly before: number; readonly after: number },
): TranslationVerdict {
  const lo = Math.min(minPort, maxPort ?? minPort);
  const hi = Math.max(minPort, maxPort ?? minPort);
  if (after < lo || after > hi) return 'drift';
  if (basePort === undefined) return 'as-ruled';
  const shifted = lo + (((before - basePort) & 0xffff) % (hi - lo + 1));
  return after === shifted ? 'as-ruled' : 'unknown';
}

/** Where no ports are named a destination keeps its own; a source, and ICMP, may get another one of its class. */
function mayHaveMoved({ manip, before, after, isIcmp }: Change): boolean {
  if (before.key === after.key || isIcmp) return true;
  return manip === 'source' && portClass(before.key) === portClass(after.key);
}

/** net/netfilter/nf_nat_core.c: nf_nat_l4proto_unique_tuple draws from below 512, from 600 to 1023, or from above. */
function portClass(port: number | undefined): number | undefined {
  return port === undefined ? undefined : port < 512 ? 0 : port < 1024 ? 1 : 2;
}

/** One that was expected is translated like its master, with a port that its peers told each other. */
function compareFollowed({ reply }: Entry, expected: Tuple): TranslationVerdict {
  const isSame = reply.source === expected.source && reply.destination === expected.destination;
  return isSame ? 'as-ruled' : 'drift';
}
