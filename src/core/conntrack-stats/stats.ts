// All that is told of a table of connections, put together: counters, pressure, what fills it, ports.
import type { Composition } from './composition.ts';
import {
  type DropCauses,
  dropCauses,
  type JudgedCounter,
  judgeCounters,
  type Level,
  type Reading,
} from './counters.ts';
import type { TableFacts } from './facts.ts';
import { type Arrivals, type Kind, kindsOf, type Stay, sizeAt, staysOf } from './load.ts';
import type { PortUse } from './port-use.ts';
import { type Pressure, pressureOf } from './pressure.ts';
import type { PortRange } from './refusal.ts';

/** What was read; what nobody gave is absent. */
export interface Observed {
  readonly facts: TableFacts;
  readonly counters?: Reading | undefined;
  readonly composition?: Composition | undefined;
  readonly arrivals?: Arrivals | undefined;
  readonly ports?: readonly PortUse[] | undefined;
  /** A rate that somebody wants the size of the table for. */
  readonly rate?: number | undefined;
}

/** What it means. */
export interface TableStats {
  /** The worst of all parts. */
  readonly level: Level;
  readonly pressure?: Pressure;
  readonly counters?: {
    readonly interval?: number;
    readonly uptime?: number;
    readonly judged: readonly JudgedCounter[];
    /** What lay behind the drops: of the interval, else of all. */
    readonly causes?: DropCauses;
  };
  readonly composition?: Composition;
  readonly load: {
    readonly arrivals?: Arrivals;
    readonly stays: readonly Stay[];
    readonly kinds: readonly Kind[];
    /** Connections in the table in the long run at the rate that was asked for. */
    readonly sizeAtRate?: number;
    readonly rate?: number;
  };
  readonly ports?: readonly JudgedPorts[];
  /** The ports that connections of the machine itself draw from. */
  readonly ownPorts?: PortRange;
}

/** A destination with how bad it is. */
export interface JudgedPorts extends PortUse {
  readonly level: Level;
}

/** Puts it together. */
export function tableStats(observed: Observed): TableStats {
  const { composition, ports } = observed;
  const facts = { ...(composition && { count: composition.total }), ...observed.facts };
  const pressure = pressureOf(facts, composition?.evictable);
  const counters = observed.counters && countersOf(observed.counters, facts);
  const judged = ports?.map((one) => ({ ...one, level: portLevel(one) }));
  const levels = [
    pressure?.level,
    ...(counters?.judged ?? []).map(({ level }) => level),
    ...(judged ?? []).map(({ level }) => level),
  ];
  return {
    level: worst(levels),
    ...(pressure && { pressure }),
    ...(counters && { counters }),
    ...(composition && { composition }),
    load: loadOf(observed, facts),
    ...(judged && { ports: judged }),
    ...(facts.ownPorts && { ownPorts: facts.ownPorts }),
  };
}

function countersOf(reading: Reading, facts: TableFacts): NonNullable<TableStats['counters']> {
  const judged = judgeCounters(reading, facts);
  const counted = (name: string) => {
    const one = judged.find((each) => each.name === name);
    return one && (one.recent ?? one.total);
  };
  const causes = dropCauses(counted);
  return {
    ...(reading.before && { interval: reading.before.interval }),
    ...(facts.uptime !== undefined && { uptime: facts.uptime }),
    judged,
    ...(causes && { causes }),
  };
}

function loadOf({ composition, arrivals, rate }: Observed, facts: TableFacts): TableStats['load'] {
  const sizeAtRate =
    rate !== undefined && composition && arrivals && arrivals.from !== 'given'
      ? sizeAt(rate, composition.total, arrivals.perSecond)
      : undefined;
  return {
    ...(arrivals && { arrivals }),
    stays: composition && arrivals?.byProtocol ? staysOf(composition, arrivals.byProtocol) : [],
    kinds: kindsOf(facts.timeouts, facts.max, rate),
    ...(sizeAtRate !== undefined && { sizeAtRate }),
    ...(rate !== undefined && { rate }),
  };
}

/** One of a thousand new connections refused is too many; ports that are gone soon need a look. */
const [refused, crowded, soon] = [0.001, 0.8, 600];

function portLevel({ refusal, share, fullIn = Number.POSITIVE_INFINITY }: PortUse): Level {
  if (refusal >= refused) return 'bad';
  return share >= crowded || fullIn < soon ? 'watch' : 'fine';
}

function worst(levels: readonly (Level | undefined)[]): Level {
  return (['bad', 'watch', 'unknown'] as const).find((level) => levels.includes(level)) ?? 'fine';
}
