// A snapshot that may be shown: other addresses, with the same prefixes in common, and other names, each the same everywhere.
// What becomes of a packet stays the same for the packet with the other addresses.
import { diagnostic, type Outcome } from '../../diagnostic/diagnostic.ts';
import { type PartName, partNames } from '../parts.ts';
import type { Snapshot } from '../snapshot.ts';
import type { SecretBit } from './address-tree.ts';
import { type Disguise, disguises } from './disguise.ts';
import { disguiseIpJson } from './ip-json.ts';
import {
  disguiseConnections,
  disguiseHooks,
  disguiseIpset,
  disguiseIptables,
  disguiseSysctls,
  disguiseTables,
} from './lines.ts';
import { disguiseNft } from './nft.ts';

type Rewrite = (text: string, disguise: Disguise) => string;

const rewriters: Readonly<Record<PartName, Rewrite>> = {
  'nft-json': disguiseNft,
  'nft-hooks': disguiseHooks,
  'iptables-nft': disguiseIptables,
  'ip6tables-nft': disguiseIptables,
  'iptables-legacy': disguiseIptables,
  'ip6tables-legacy': disguiseIptables,
  ipset: disguiseIpset,
  addresses: disguiseIpJson,
  'routing-tables': disguiseTables,
  routes: disguiseIpJson,
  routes6: disguiseIpJson,
  rules: disguiseIpJson,
  rules6: disguiseIpJson,
  neighbours: disguiseIpJson,
  sysctls: disguiseSysctls,
  conntrack: disguiseConnections,
};

/** A snapshot, and what was put in the place of what. */
export interface Anonymized {
  readonly snapshot: Snapshot;
  readonly disguise: Disguise;
}

/** So many secrets are drawn until one leaves no address as it is: there are blocks of a few addresses only. */
const attempts = 20;

/**
 * The snapshot for others. What can't be said with other addresses, such as a rule that looks at single bits of them, is an
 * error: it would mean something else. So is an address that would stay.
 */
export function anonymize(snapshot: Snapshot, secret: SecretBit): Outcome<Anonymized> {
  let problems: readonly string[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const passes = disguises((label) => secret(`${attempt} ${label}`));
    partsThrough(snapshot, passes.learn);
    problems = [...passes.refused];
    if (problems.length > 0) break;
    const value = applied(snapshot, passes.apply());
    if (passes.unchanged.size === 0) return { value, diagnostics: [] };
    problems = ['addresses at the ends of a wide range would stay as they are'];
  }
  const diagnostics = problems.map((why) =>
    diagnostic('HK8106', `the snapshot can't be made anonymous: ${why}`),
  );
  return { value: undefined, diagnostics };
}

function applied(snapshot: Snapshot, disguise: Disguise): Anonymized {
  const parts = partsThrough(snapshot, disguise);
  const { machine, missing } = snapshot;
  return {
    disguise,
    snapshot: {
      ...snapshot,
      machine: { ...machine, hostname: 'host' },
      parts,
      missing: missing.map((one) => ({ ...one, message: one.reason })),
    },
  };
}

function partsThrough({ parts }: Snapshot, disguise: Disguise): Snapshot['parts'] {
  return Object.fromEntries(
    partNames.flatMap((name) => {
      const text = parts[name];
      return text === undefined ? [] : [[name, rewriters[name](text, disguise)] as const];
    }),
  );
}
