// A network as a lab that is gone when the work is.
import type { Network } from '../../../src/core/network/network.ts';
import { type Lab, openLab } from '../../../src/host/lab/lab.ts';
import { planLab } from '../../../src/host/lab/plan.ts';

/** Brings it up under a name of its own; fails where nft does not take its rules. */
export async function openNetwork(network: Network): Promise<Lab> {
  sequence += 1;
  const { plan, diagnostics } = planLab(network, { name: `test-${process.pid}-${sequence}`, loader: 'nft' });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return openLab(plan, 'a test');
}

let sequence = 0;
