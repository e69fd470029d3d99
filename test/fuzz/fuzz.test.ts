// A few thousand of the inputs of `npm run fuzz`, always the same ones.
import { expect, test } from 'vitest';
import { inputOf } from './input.ts';
import { examineShare, type Failure } from './watch.ts';

test('changed policies and dumps are compiled, or refused with a place', async () => {
  const failures: Failure[] = [];
  await examineShare(
    { seed: 1, from: 0, to: 2000, step: 1 },
    { found: (failure) => failures.push(failure), progress: () => undefined },
  );
  // How long something takes is for `npm run fuzz`: a test that looks at the clock fails on a busy machine.
  const wrong = failures.filter(({ problem }) => !problem.startsWith('slow: '));
  const shown = wrong.map(({ index, problem }) => `${problem}\n${text(index)}`);
  expect(shown.join('\n\n')).toBe('');
});

function text(index: number): string {
  return new TextDecoder().decode(inputOf(1, index).bytes);
}
