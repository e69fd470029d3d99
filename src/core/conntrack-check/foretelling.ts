// The reply tuple that the rules give a connection, worked out without a trace: how is the same for a whole class, and only
// the numbers are the connection's own.
import { type Entry, hasStatus } from '../conntrack/entry.ts';
import { setupNat } from '../conntrack/nat.ts';
import { conntrackTable } from '../conntrack/table.ts';
import { invert, sameTuple, type Tuple } from '../conntrack/tuple.ts';
import { isUnknown } from '../field/view.ts';
import type { GivenTranslation } from '../trace/step.ts';
import type { Trace } from '../trace/trace.ts';
import { expectedReply, type Translation, type TranslationVerdict } from './translation.ts';

/** How the first packets of a class are translated. */
export interface Foretelling {
  /** The rules that translate. */
  readonly given: readonly GivenTranslation[];
  /** `bound`: as these rules say; `untold`: that is not known; `traced`: a trace of each connection has to say it. */
  readonly reply: 'bound' | 'untold' | 'traced';
  /** The conntrack zone that its addresses are chosen in. */
  readonly zone: Entry['zone'];
}

/** By the trace of one connection of the class, with which what is foretold of it is compared. */
export function foretellingOf({ original, zone }: Entry, { ways: [way] }: Trace): Foretelling {
  const predicted = way.conntrack?.entry;
  const given = way.translations;
  if (isUnknown(predicted)) return { given, reply: 'untold', zone };
  const bound: Foretelling = { given, reply: 'bound', zone: predicted?.zone ?? zone };
  const isTold = given.every(({ range }) => range) && !(predicted && hasStatus(predicted, 'expected'));
  const reply = isTold ? boundReply(original, bound) : undefined;
  const expected = expectedReply(original, predicted);
  const isRight = reply && expected ? sameTuple(reply, expected) : isTold && reply === expected;
  return isRight ? bound : { ...bound, reply: 'traced' };
}

/** What compareTranslations says of a connection of the class; undefined where only a trace can tell. */
export function foretold(
  original: Tuple,
  verdict: TranslationVerdict,
  foretelling: Foretelling,
): Translation | undefined {
  const { given, reply } = foretelling;
  if (reply === 'traced') return undefined;
  const expected = reply === 'bound' ? boundReply(original, foretelling) : undefined;
  return { verdict, ...(expected && { expected }), ...(given.length > 0 && { given }) };
}

/** As nobody else is there, each rule gives what it can: with none of them answers just turn round. */
function boundReply(original: Tuple, { given, zone }: Foretelling): Tuple | undefined {
  const reply = invert(original);
  if (!reply || given.length === 0) return reply;
  let entry: Entry = { original, reply, status: 0, mark: 0, zone };
  for (const { manip, range } of given) if (range) entry = setupNat(nobody, entry, manip, range).entry;
  return entry.reply;
}

const nobody = conntrackTable([]);
