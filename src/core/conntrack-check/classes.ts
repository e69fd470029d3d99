// The same answers as a checker that traces each connection (check.ts), worked out once for each class of connections.
import { classifier } from '../classify/classifier.ts';
import { addressAt, type CompactEntry, layer4Code } from '../conntrack/compact/compact-entry.ts';
import { entryOf } from '../conntrack/compact/convert.ts';
import type { Entry } from '../conntrack/entry.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { trace } from '../trace/trace.ts';
import { type Arrival, arrivalOf, type Survival, survivalOf } from './check.ts';
import { connectionPackets } from './connection.ts';
import { type Foretelling, foretellingOf, foretold } from './foretelling.ts';
import { internDeciding } from './intern.ts';
import {
  judgeTranslation,
  type Ruled,
  type RuledHalf,
  ruledOf,
  type Translation,
  type TranslationVerdict,
} from './translation.ts';

/** What a policy says of one connection, without what only one of its kind has: the texts that a report shows. */
export interface Checked {
  /** The same object for all that fare alike. */
  readonly arrival: Arrival;
  readonly translation: TranslationVerdict;
  /** To be asked at once, before the record changes: few want to know it of connections that are admitted. */
  readonly survival: () => Survival;
  /** Where its translation should lead to; undefined where only a trace can tell. */
  readonly foretold: (entry: Entry) => Translation | undefined;
}

/** How the first packets of a class fare, and what the nat rules allow their connections. */
interface FirstPacket {
  readonly arrival: Arrival;
  readonly ruled: Ruled;
  readonly foretelling: Foretelling;
}

/** Holds one connection after the other against the same policy; the record may change afterwards. */
export function compactCheckerOf(
  ruleSet: RuleSet,
  host: Host | undefined,
): (connection: CompactEntry) => Checked {
  const intern = internDeciding();
  const first = classifier<FirstPacket>('first-packet', host, (connection, { observer }) => {
    const entry = entryOf(connection);
    const { fresh } = connectionPackets({ ruleSet, host }, entry);
    const traced = trace({ ...fresh, observer: observer('original', true) });
    const arrival = arrivalOf(fresh.injection, traced, intern);
    return { arrival, ruled: ruledOf(traced), foretelling: foretellingOf(entry, traced) };
  });
  const further = classifier<{ readonly survival: Survival }>(
    'connection',
    host,
    (connection, { observer }) => {
      const entry = entryOf(connection);
      const { original, reply } = connectionPackets({ ruleSet, host }, entry);
      const survival = survivalOf(entry, {
        original: trace({ ...original, observer: observer('original', false) }),
        reply: trace({ ...reply, observer: observer('reply', false) }),
      });
      return { survival };
    },
  );
  return (connection) => {
    const { arrival, ruled, foretelling } = first(connection);
    const translation = judge(connection, ruled);
    return {
      arrival,
      translation,
      survival: () => further(connection).survival,
      foretold: ({ original }) => foretold(original, translation, foretelling),
    };
  };
}

/** Mostly it is evident; where not, by the rules of translation. */
function judge(connection: CompactEntry, ruled: Ruled): TranslationVerdict {
  const [way, ...others] = ruled ?? [];
  const isEvident =
    way &&
    others.length === 0 &&
    !('followed' in way) &&
    isAsRuled(connection, way.source, addressAt.originalSource, addressAt.replyDestination) &&
    isAsRuled(connection, way.destination, addressAt.originalDestination, addressAt.replySource) &&
    keepsKeys(connection);
  return isEvident ? 'as-ruled' : judgeTranslation(entryOf(connection), ruled);
}

/** Whether an end is where it was, and nothing is done to it, or at the one address that a rule without ports gives. */
function isAsRuled(
  { family, addresses }: CompactEntry,
  half: RuledHalf,
  before: number,
  after: number,
): boolean {
  if (half === 'unknown') return false;
  if (half !== 'untouched') {
    const { minAddress, maxAddress = minAddress, minPort, netmap } = half;
    const isOne = minAddress !== undefined && minAddress === maxAddress && minPort === undefined && !netmap;
    return isOne && family === 4 && addresses[after] === Number(minAddress);
  }
  for (let at = 0; at < 4; at++) if (addresses[before + at] !== addresses[after + at]) return false;
  return true;
}

/** Answers have the keys of the other direction turned round. */
function keepsKeys({ layer4, keys }: CompactEntry): boolean {
  const [first, second, third, back, forth, id] = keys;
  return layer4 === layer4Code.ports
    ? first === forth && second === back
    : layer4 === layer4Code.icmp && third === id;
}
