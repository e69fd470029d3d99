// The index of routes finds what a look at every route finds, in the same order but for the length of prefixes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route } from '../../../src/core/topology/host.ts';
import { networkAddress, sharesPrefix } from '../../../src/core/topology/prefix.ts';
import { routesTo } from '../../../src/core/topology/route-index.ts';

/** Few enough addresses that routes often contain them. */
const address = fc.bigInt({ min: 0x0a000000n, max: 0x0a0000ffn });

const route = fc
  .record({
    destination: address,
    prefixLength: fc.integer({ min: 0, max: 32 }),
    table: fc.integer({ min: 253, max: 255 }),
  })
  .map(
    ({ destination, prefixLength, table }): Route => ({
      family: 4,
      type: 'unicast',
      destination: networkAddress(4, destination, prefixLength),
      prefixLength,
      table,
      metric: 0,
      scope: 'global',
    }),
  );

test('the index agrees with a look at every route', () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 30 }), address, (routes, destination) => {
      const plain = routes.filter((one) => sharesPrefix(4, destination, one.destination, one.prefixLength));
      expect(routesTo({ routes }, 4, destination)).toEqual(
        plain.toSorted((a, b) => b.prefixLength - a.prefixLength),
      );
    }),
  );
});
