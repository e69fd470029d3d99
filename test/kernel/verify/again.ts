// `node test/kernel/verify/again.ts --seed S --case N`: one case of `npm run verify:kernel` again, as it was drawn.
import { parseArgs } from 'node:util';
import { becomeHost } from '../../../src/host/kernel/kernel-host.ts';
import { blockOf, caseAt } from './case.ts';
import { play } from './drive.ts';
import { hostOfBlock } from './hosts.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, case: { type: 'string', default: '0' } },
});
const index = Number(values.case);
const [facts, one] = [hostOfBlock(blockOf(index)), caseAt(Number(values.seed), index)];
const { mismatch, ...counts } = play(becomeHost(facts), facts, one);
process.stdout.write(`${one.policy}\n${JSON.stringify(counts)}\n`);
if (mismatch)
  process.stdout.write(
    `${mismatch.history.join('\n')}\n== kernel\n${mismatch.kernel}\n== simulation\n${mismatch.simulation}\n`,
  );
process.exitCode = mismatch ? 1 : 0;
