// Who looks on at a trace: to learn what of a packet it depends on, and to leave out rules that can't match.
import type { NatRange } from '../conntrack/nat.ts';
import type { Chain, Part, Table } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { Run } from './run.ts';

/** Is told of everything that rules ask of the packet. What routing and conntrack ask follows from the host. */
export interface Observer {
  /** A condition or statement is to be carried out: the context in which that is done. */
  seen(part: Part, context: EvaluationContext): EvaluationContext;
  /** A rule has translated the connection by this range. */
  bound(manip: 'source' | 'destination', range: NatRange): void;
  /** The first rule of a chain, from this one on, that is not known to fail for the packet; their number if none is left. */
  nextRule(run: Run, table: Table, chain: Chain, from: number): number;
}
