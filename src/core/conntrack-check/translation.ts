// Whether a connection is translated as the nat rules would translate it today.
import type { Entry } from '../conntrack/entry.ts';
import { portKey } from '../conntrack/nat-port.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { isUnknown } from '../field/view.ts';
import type { Way } from '../trace/step.ts';

/** `drift`: the rules give another translation than the connection has. */
export type TranslationVerdict = 'as-ruled' | 'drift' | 'unknown';

export interface Translation {
  readonly verdict: TranslationVerdict;
  /** The reply tuple that the rules give. */
  readonly expected?: Tuple;
}

/** Compares the reply tuples; a way that ended before its connection was set up tells nothing. */
export function compareTranslation(entry: Entry, way: Way): Translation {
  const predicted = way.conntrack?.entry;
  if (way.verdict !== 'accept' || !predicted || isUnknown(predicted)) return { verdict: 'unknown' };
  const expected = predicted.reply;
  if (way.unknownParts.some((part) => part.startsWith('source') || part.startsWith('destination')))
    return { verdict: 'unknown', expected };
  return { verdict: agrees(entry.reply, expected) ? 'as-ruled' : 'drift', expected };
}

/** The port that source NAT gave may be another one of its class: another connection had the first choice. */
function agrees(actual: Tuple, expected: Tuple): boolean {
  return (
    actual.source === expected.source &&
    actual.destination === expected.destination &&
    portKey(actual, 'source') === portKey(expected, 'source') &&
    portClass(portKey(actual, 'destination')) === portClass(portKey(expected, 'destination'))
  );
}

/** net/netfilter/nf_nat_core.c: nf_nat_l4proto_unique_tuple draws from below 512, from 600 to 1023, or from above. */
function portClass(port: number | undefined): number | undefined {
  return port === undefined ? undefined : port < 512 ? 0 : port < 1024 ? 1 : 2;
}
