// A network as a lab that is gone when the work is.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../../../src/core/network/network.ts';
import { type Lab, openLab } from '../../../src/host/lab/lab.ts';
import { planLab } from '../../../src/host/lab/plan.ts';

/** Noted apart from the labs of people, who may remove all of theirs meanwhile. */
process.env['HOOKLINE_RUN'] = join(tmpdir(), 'hookline-test-labs');

/** Brings it up under a name of its own; fails where nft does not take its rules. */
export async function openNetwork(network: Network): Promise<Lab> {
  sequence += 1;
  const { plan, diagnostics } = planLab(network, { name: `test-${process.pid}-${sequence}`, loader: 'nft' });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return openLab(plan, 'a test');
}

let sequence = 0;
