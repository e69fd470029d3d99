// How full the table is, how long its chains are, and what that means for a new connection.
import type { Level } from './counters.ts';
import type { TableFacts } from './facts.ts';
import { expectedLongest, poissonTail } from './poisson.ts';

/** The table in numbers; what the facts leave open is absent. */
export interface Pressure {
  readonly level: Level;
  readonly count: number;
  readonly max?: number;
  /** Of `max`, from 0 to 1. */
  readonly fill?: number;
  readonly buckets?: number;
  /** Connections in a chain, on average: each stands in two. */
  readonly meanChain?: number;
  /** The longest chain that chance makes. */
  readonly longestChain?: number;
  /** The chance that a new connection is dropped because of a chain. */
  readonly chainRefusal?: number;
  /** The chance that a full table can give up nothing for a new one; where it is known how many are not ASSURED. */
  readonly noRoom?: number;
  readonly advice: readonly string[];
}

/** From here on it is time to act; conntrack itself throws out what is not ASSURED, or is closing, above 95% (gc_worker). */
const [nearlyFull, gettingFull] = [0.9, 0.7];

/** The pressure; undefined where nobody knows how many connections there are. */
export function pressureOf(facts: TableFacts, evictable?: number): Pressure | undefined {
  const { count, max, buckets } = facts;
  if (count === undefined) return undefined;
  const fill = max === undefined || max === 0 ? undefined : count / max;
  const meanChain = buckets === undefined ? undefined : (2 * count) / buckets;
  const level =
    fill === undefined ? 'unknown' : fill >= nearlyFull ? 'bad' : fill >= gettingFull ? 'watch' : 'fine';
  return {
    level,
    count,
    ...(max !== undefined && { max }),
    ...(fill !== undefined && { fill }),
    ...(buckets !== undefined && { buckets }),
    ...(meanChain !== undefined && {
      meanChain,
      longestChain: expectedLongest(meanChain, buckets ?? 1),
      chainRefusal: chainRefusal(meanChain),
    }),
    ...(evictable !== undefined &&
      buckets !== undefined && { noRoom: Math.exp((-evictionRange * 2 * evictable) / buckets) }),
    advice: [...maximumAdvice(level, facts), ...bucketAdvice(meanChain, facts)],
  };
}

/** NF_CT_EVICTION_RANGE: so many chains are searched for something to give up. */
const evictionRange = 8;

/** MIN_CHAINLEN, and the 30 lengths from it on of which one is drawn; both chains of a connection must be shorter. */
function chainRefusal(mean: number): number {
  const drawn = Array.from({ length: 30 }, (_, at) => 50 + at);
  const chances = drawn.map((most) => 1 - (1 - poissonTail(mean, most + 2)) ** 2);
  return chances.reduce((sum, one) => sum + one, 0) / drawn.length;
}

function maximumAdvice(level: Level, facts: TableFacts): readonly string[] {
  if (level !== 'bad' && level !== 'watch') return [];
  const max = roomyMaximum(facts);
  return [`sysctl -w net.netfilter.nf_conntrack_max=${max}, which may take ${memoryText(max)} of memory`];
}

/** Beyond this lookups take noticeably longer. */
const longChain = 4;

function bucketAdvice(meanChain: number | undefined, facts: TableFacts): readonly string[] {
  if (meanChain === undefined || meanChain <= longChain) return [];
  return [`sysctl -w net.netfilter.nf_conntrack_buckets=${roomyBuckets(facts)}, so that chains are short`];
}

/** Twice what there is, or what fits, as a power of two. */
export function roomyMaximum({ count = 0, max = 0 }: TableFacts): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2 * count, 2 * max, 2)));
}

/** As many as connections that fit, as the kernel itself takes (nf_conntrack_core.c: nf_conntrack_init_start). */
export function roomyBuckets({ count = 0, max = 0, buckets = 0 }: TableFacts): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, max, 2 * buckets, 2)));
}

/** An entry has 256 bytes (struct nf_conn in its slab), and its extensions mostly 128 more. */
const bytesOfEntry = 384;

function memoryText(entries: number): string {
  return `${Math.round((entries * bytesOfEntry) / 2 ** 20)} MiB`;
}
