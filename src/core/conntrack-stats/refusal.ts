// The chance that source NAT finds no free port, though there may be some: net/netfilter/nf_nat_core.c:
// nf_nat_l4proto_unique_tuple tries a part of a range only, so that a full one can't hold the machine up.

/** Ports, or identifiers of ICMP, both ends included. */
export interface PortRange {
  readonly lo: number;
  readonly hi: number;
}

/** NF_NAT_MAX_ATTEMPTS, and halves of it as long as they are at least 8: each is a run of ports from a place drawn anew. */
const rounds = [128, 64, 32, 16, 8];

/** So many ports are tried at the most, of ranges of more than 128; of others all are. */
export const mostAttempts = rounds.reduce((sum, one) => sum + one, 0);

/** 16 bits: the place is drawn from all of these, and taken modulo the size of the range. */
const places = 65_536;

/**
 * The chance, from 0 to 1, that none of the ports that the kernel tries is free. Exact for the ports that are taken: those
 * that lie side by side are worse than those that are spread.
 */
export function refusalChance(taken: Iterable<number>, { lo, hi }: PortRange): number {
  const size = hi - lo + 1;
  const used = new Uint8Array(size);
  for (const port of taken) if (port >= lo && port <= hi) used[port - lo] = 1;
  const total = used.reduce((sum, one) => sum + one, 0);
  if (total === size) return 1;
  const longest = rounds[0] ?? 0;
  if (size <= longest) return 0;
  const runs = runsOf(used);
  return rounds.reduce((chance, length) => chance * (runs.filter((run) => run >= length).length / places), 1);
}

/** From each place the ports that are taken one behind the other, up to the longest round. */
function runsOf(used: Uint8Array): Uint8Array {
  const runs = new Uint8Array(places);
  let run = 0;
  // Twice round, as the place goes on at 0 behind the last one.
  for (let at = 2 * places - 1; at >= 0; at--) {
    const place = at % places;
    run = used[place % used.length] ? Math.min(run + 1, 255) : 0;
    runs[place] = run;
  }
  return runs;
}

/** The share of a range that is taken, by chance, from which on so many of new connections are refused. */
export function fillOfRefusal(chance: number): number {
  return chance ** (1 / mostAttempts);
}
