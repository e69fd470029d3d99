import type { Flow, RouteDecision } from './decision.ts';
import type { Host } from './host.ts';
/** Policy rules in order of priority, in each table the longest prefix, then the lowest metric. */
export function lookupRoute(host: Host, flow: Flow): RouteDecision {
  throw new Error(host.name + flow.family);
}
