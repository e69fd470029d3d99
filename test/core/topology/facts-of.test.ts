// The facts of a host make the host again.
import { expect, test } from 'vitest';
import { factsOf } from '../../../src/core/topology/facts-of.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';
import { hostOf, randomFrom, randomHost } from '../../kernel/support/routing-host.ts';
import { seedsOfRun } from '../../support/seed.ts';

test('the facts of random hosts make the same hosts', () => {
  for (const seed of seedsOfRun(60)) {
    const { host } = hostOf(randomHost(randomFrom(seed), seed % 2 === 0));
    expect(makeHost(factsOf(host)), `seed ${seed}`).toEqual({ value: host, diagnostics: [] });
  }
});
