// Rules that are there, or may be, and could not be read: at every hook they may drop any packet, so that no answer leaves
// them out.
import { ipHooks } from '../hook/hook.ts';
import type { Chain, Family, Part, Table } from '../ir/ruleset.ts';
import { snapshotParts } from './parts.ts';
import type { Snapshot } from './snapshot.ts';

/** The parts that are rules, and the families whose packets see them. */
const ruleParts = [
  ['nft-json', ['ip', 'ip6']],
  ['iptables-legacy', ['ip']],
  ['ip6tables-legacy', ['ip6']],
] as const;

/** One table for each family of packets that rules are missing for. No back end can say it. */
export function unreadTables({ missing }: Pick<Snapshot, 'missing'>): readonly Table[] {
  const absent = new Set(missing.map(({ part }) => part));
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const parts = ruleParts.filter(
      ([part, families]) => absent.has(part) && families.some((one) => one === family),
    );
    return parts.length > 0
      ? [
          unreadTable(
            family,
            parts.map(([part]) => snapshotParts[part].what),
          ),
        ]
      : [];
  });
}

/** Accepting is the same to others as letting go on: every table is asked. */
function unreadTable(family: Family, what: readonly string[]): Table {
  const parts: readonly Part[] = [
    {
      kind: 'opaque',
      origin: 'nft',
      role: 'match',
      content: undefined,
      text: `what could not be read (${what.join(', ')}) drops it`,
    },
    { kind: 'statement', key: 'drop', args: {} },
  ];
  const chains = ipHooks.map(
    (hook): Chain => ({
      name: hook,
      base: { type: 'filter', hook, priority: 0, policy: 'accept' },
      rules: [{ parts }],
    }),
  );
  return { family, name: 'not read', chains, sets: [], opaque: [] };
}
