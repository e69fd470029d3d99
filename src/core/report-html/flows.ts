// Flows few enough for a picture: of zones and rules the largest have a place of their own, the rest stand together.
import { foldedBy } from './folded.ts';
import { countText } from './number.ts';

/** Connections that a rule decides about, from one zone to another. */
export interface Flow {
  readonly from: string;
  /** The rule, or what else decides. */
  readonly by: string;
  readonly to: string;
  readonly connections: number;
  /** Those of them that would not be admitted as new. */
  readonly stale: number;
}

/** So many rules and zones are drawn one by one. */
const most = { by: 14, from: 8, to: 8 } as const;

const words = { by: 'rules', from: 'zones', to: 'zones' } as const;

/** The flows with the small ends and rules put together. */
export function foldedFlows(flows: readonly Flow[]): readonly Flow[] {
  const [from, by, to] = (['from', 'by', 'to'] as const).map((end) => namesOf(flows, end));
  return flows
    .filter(({ connections }) => connections > 0)
    .map((flow) => ({
      ...flow,
      from: from?.(flow.from) ?? '',
      by: by?.(flow.by) ?? '',
      to: to?.(flow.to) ?? '',
    }));
}

/** What a name becomes: itself, or what stands for all that are too small. */
function namesOf(flows: readonly Flow[], end: 'from' | 'by' | 'to'): (name: string) => string {
  const sums = new Map<string, number>();
  for (const flow of flows) sums.set(flow[end], (sums.get(flow[end]) ?? 0) + flow.connections);
  const { shown, rest } = foldedBy([...sums], most[end], ([, count]) => count);
  const kept = new Set(shown.map(([name]) => name));
  const others = `${countText(rest.length)} other ${words[end]}`;
  return (name) => (kept.has(name) ? name : others);
}
