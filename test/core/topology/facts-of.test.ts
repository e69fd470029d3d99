// The facts of a host make the host again.
import { expect, test } from 'vitest';
import { factsOf } from '../../../src/core/topology/facts-of.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';
import { hostOf, randomFrom, randomHost } from '../../kernel/support/routing-host.ts';

test('the facts of random hosts make the same hosts', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { host } = hostOf(randomHost(randomFrom(seed), seed % 2 === 0));
    expect(makeHost(factsOf(host)), `seed ${seed}`).toEqual({ value: host, diagnostics: [] });
  }
});
