// Traces of many packets of which no failing rule is to be shown: those that certainly fail are left out, by indexes of the
// chains that packets come to often.
import type { PacketView } from '../../field/view.ts';
import type { Chain, Table } from '../../ir/ruleset.ts';
import type { Host } from '../../topology/host.ts';
import type { Observer } from '../../trace/observer.ts';
import { type Run, viewOf } from '../../trace/run.ts';
import { packetAtHand } from './at-hand.ts';
import { type Arrival, packetColumns, packetTypes } from './columns.ts';
import { type Programs, programsOf } from './programs.ts';
import { writeRow } from './row.ts';

/** Which chains are worth an index. */
export interface Worth {
  readonly leastRules: number;
  /** So many packets have come to the chain. */
  readonly leastVisits: number;
}

const usual: Worth = { leastRules: 16, leastVisits: 24 };

/** What has come to a chain at a hook. */
interface Visited {
  visits: number;
  programs?: Programs;
}

/** Leaves out rules that fail for the packet of a trace. It is for one rule set on one host. */
export function skippingObserver(host: Host | undefined, worth = usual): Observer {
  const columns = packetColumns(1);
  const hand = packetAtHand(columns);
  const chains = new Map<Chain, Map<string, Visited>>();
  const programsFor = (table: Table, chain: Chain, { hook }: Run, from: number): Programs | undefined => {
    const hooks = chains.get(chain) ?? new Map<string, Visited>();
    chains.set(chain, hooks);
    const visited = hooks.get(hook) ?? { visits: 0 };
    hooks.set(hook, visited);
    if (from === 0) visited.visits++;
    if (visited.visits < worth.leastVisits) return undefined;
    const numbers = new Map<string, number>();
    const { names } = columns;
    visited.programs ??= programsOf({
      table,
      hook,
      chains: [chain],
      numbers,
      names,
      hand,
      host,
      keepsPassed: true,
    });
    return visited.programs;
  };
  return {
    seen: (_, context) => context,
    bound: () => {},
    nextRule: (run, table, chain, from) => {
      if (chain.rules.length < worth.leastRules || isChanged(run)) return from;
      const programs = programsFor(table, chain, run, from);
      if (!programs) return from;
      writeRow(columns, 0, arrivalIn(viewOf(run)));
      if (columns.untold.has(0)) return from;
      if (hand.places.length < columns.names.length) hand.places = Uint32Array.from(columns.names.keys());
      const first = programs.forPacketAtHand()?.chains[0];
      if (!first) return from;
      const place = first.finder.first(placeFrom(first.places, from));
      return (first.places[place] ?? chain.rules.length + 1) - 1;
    },
  };
}

/** Something of the packet, or of the sets of its table, is not as the index takes it to be. */
function isChanged(run: Run): boolean {
  const isUntold = Object.keys(run.unknown).length > 0 || run.ports !== undefined;
  return isUntold || run.overwritten.size > 0 || run.sets.size > 0 || typeof run.layer === 'string';
}

function arrivalIn({ packet, iif, oif, mark, ct, pkttype }: PacketView): Arrival {
  return { packet, iif, oif, mark, ct, pkttype: packetTypes[pkttype] ?? 'host' };
}

/** The first of the places, which count from 1, that is of a rule from this one on. */
function placeFrom(places: Int32Array, from: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
