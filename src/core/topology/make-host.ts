import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { HostFacts } from './facts.ts';
import type { Host } from './host.ts';
/** The host that the kernel would have after these facts were configured one after the other. */
export function makeHost(facts: HostFacts): Outcome<Host> {
  throw new Error(facts.name);
}
