// The same answers as a checker that traces each connection (check.ts), worked out once for each class of connections.
import { classifier } from '../classify/classifier.ts';
import type { CompactEntry } from '../conntrack/compact/compact-entry.ts';
import { entryOf } from '../conntrack/compact/convert.ts';
import type { Entry } from '../conntrack/entry.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { type Arrival, arrivalOf, type Survival, survivalOf } from './check.ts';
import { connectionPackets } from './connection.ts';
import { internDeciding } from './intern.ts';
import { judgeTranslation, type Ruled, ruledOf, type TranslationVerdict } from './translation.ts';

/** What a policy says of one connection, without what only one of its kind has: the texts that a report shows. */
export interface Checked extends Arrival {
  readonly survival: Survival;
  readonly translation: TranslationVerdict;
}

/** How the first packets of a class fare, and what the nat rules allow their connections. */
interface FirstPacket {
  readonly arrival: Arrival;
  readonly ruled: Ruled;
}

/** Holds one connection after the other against the same policy; the record may change afterwards. */
export function compactCheckerOf(
  ruleSet: RuleSet,
  host: Host | undefined,
): (connection: CompactEntry) => Checked {
  const intern = internDeciding();
  const first = classifier<FirstPacket>('first-packet', host, (connection, observer) => {
    const { fresh } = connectionPackets({ ruleSet, host, observer }, entryOf(connection));
    const traced = trace(fresh);
    return { arrival: arrivalOf(fresh.injection, traced, intern), ruled: ruledOf(traced) };
  });
  const further = classifier<{ readonly survival: Survival }>('connection', host, (connection, observer) => {
    const entry = entryOf(connection);
    return { survival: survivalOf(entry, bothWays({ ruleSet, host, observer }, entry)) };
  });
  return (connection) => {
    const { arrival, ruled } = first(connection);
    const { survival } = further(connection);
    return { ...arrival, survival, translation: judgeTranslation(entryOf(connection), ruled) };
  };
}

function bothWays(
  request: Parameters<typeof connectionPackets>[0],
  entry: Entry,
): Readonly<Record<'original' | 'reply', Trace>> {
  const { original, reply } = connectionPackets(request, entry);
  return { original: trace(original), reply: trace(reply) };
}
