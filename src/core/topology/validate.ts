import type { ReceivedFlow } from './decision.ts';
import type { Host } from './host.ts';
/** Why a received packet is dropped for its addresses. */
export interface SourceRejection {
  readonly reason: 'martian-source' | 'martian-destination' | 'rp-filter';
  /** `header`: before PREROUTING. `routing`: after it, at the routing decision. */
  readonly stage: 'header' | 'routing';
  readonly why: string;
}
/**
 * Checks the addresses of a received packet; undefined where they are acceptable. Where no route leads to the
 * destination, or forwarding is off, that comes first in the kernel and is for the caller to say.
 */
export function validateSource(host: Host, flow: ReceivedFlow): SourceRejection | undefined {
  throw new Error(host.name + flow.family);
}
