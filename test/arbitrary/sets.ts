// Random named sets with everything that may stand beside their elements.
import fc from 'fast-check';
import type { NamedSet, Part, SetElements } from '../../src/core/ir/ruleset.ts';
import { detailsOf, type ElementDetails, type SetProperties } from '../../src/core/ir/set.ts';
import type { Atom } from '../../src/core/ir/tuple.ts';

const seconds = fc.integer({ min: 1, max: 100_000 });
const comment = fc.stringMatching(/^[a-z][a-z0-9 ]{0,20}[a-z0-9]$/);

function counter(packets: number, bytes: number): Part {
  return { kind: 'statement', key: 'counter', args: { packets: BigInt(packets), bytes: BigInt(bytes) } };
}

const limit: Part = {
  kind: 'match',
  key: 'limit',
  args: { rate: { amount: 10n, unit: 'packets', per: 'second' }, burst: 5n, over: false },
};

const details: fc.Arbitrary<ElementDetails> = fc.record(
  {
    timeout: seconds,
    expires: seconds,
    comment: comment,
    statements: fc.tuple(fc.nat(9999), fc.nat(9999)).map(([a, b]) => [counter(a, b)]),
  },
  { requiredKeys: [] },
);

const properties: fc.Arbitrary<SetProperties> = fc.record(
  {
    flags: fc.constantFrom(['constant'] as const, ['interval'] as const),
    timeout: seconds,
    gcInterval: seconds,
    size: fc.integer({ min: 1, max: 65_536 }),
    policy: fc.constant('memory' as const),
    comment: comment,
    statements: fc.constantFrom([counter(0, 0)], [limit], [counter(0, 0), limit]),
  },
  { requiredKeys: [] },
);

/** Single values, sorted, so that every form keeps them in their order. */
const addresses = fc
  .uniqueArray(fc.integer({ min: 1, max: 0xffff_fffe }), { maxLength: 8 })
  .map((list): readonly Atom[] =>
    list.toSorted((a, b) => a - b).map((one) => ({ lo: BigInt(one), hi: BigInt(one) })),
  );

/** A set of IPv4 addresses. */
export const namedSet: fc.Arbitrary<NamedSet> = fc
  .tuple(addresses, properties, fc.array(details, { minLength: 8, maxLength: 8 }))
  .map(([atoms, more, beside]) => {
    const elements: SetElements = {
      kind: 'ranges',
      ranges: atoms.filter((atom) => typeof atom !== 'string'),
    };
    return {
      name: 'some',
      type: 'ipv4_addr',
      elements,
      ...detailsOf(beside.slice(0, atoms.length).map((one) => allowed(one, more))),
      ...more,
    };
  });

/** Elements count, and go, where their set says so: nft refuses the rest. */
function allowed(
  { statements, timeout, expires, comment: text }: ElementDetails,
  set: SetProperties,
): ElementDetails {
  const isCounted = set.statements?.length === 1 && set.statements[0]?.kind === 'statement';
  return {
    ...(text !== undefined && { comment: text }),
    ...(set.timeout !== undefined && timeout !== undefined && { timeout }),
    ...(set.timeout !== undefined && expires !== undefined && { expires }),
    ...(isCounted && statements && { statements }),
  };
}
