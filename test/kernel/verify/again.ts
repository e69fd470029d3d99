// `node test/kernel/verify/again.ts --seed S --case N`: one case of `npm run verify:kernel` again, as it was drawn.
import { parseArgs } from 'node:util';
import { loadPolicy } from '../../../src/core/load.ts';
import { becomeHost } from '../../../src/host/kernel/kernel-host.ts';
import { caseAt, hostBlock } from './case.ts';
import { play } from './drive.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, case: { type: 'string', default: '0' } },
});
const facts = loadPolicy({ name: 'host', text: hostBlock }, 'hook').value?.hosts[0];
if (!facts) throw new Error('the host block is not understood');
const one = caseAt(Number(values.seed), Number(values.case));
const { mismatch, ...counts } = play(becomeHost(facts), { ...facts, hasPrograms: false }, one);
process.stdout.write(`${one.policy}\n${JSON.stringify(counts)}\n`);
if (mismatch)
  process.stdout.write(
    `${mismatch.history.join('\n')}\n== kernel\n${mismatch.kernel}\n== simulation\n${mismatch.simulation}\n`,
  );
process.exitCode = mismatch ? 1 : 0;
