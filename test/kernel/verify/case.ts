// Random cases: a policy, how it gets into the kernel, and a history of packets.
import fc from 'fast-check';
import { gatewayPackets, gatewayPolicies } from '../../arbitrary/gateways.ts';
import { hookPackets, hookPolicies } from '../../arbitrary/hooks.ts';
import { withLookups } from '../../arbitrary/lookups.ts';
import { outputPackets, outputPolicies } from '../../arbitrary/output.ts';
import { packetSpecs, policyTexts } from '../../arbitrary/rules.ts';
import { histories, type Move } from './moves.ts';

/** What is loaded, and what is sent. */
export interface Case {
  readonly policy: string;
  readonly loader: Loader;
  /** Tables of nft that are there as well, where the rest is iptables'. */
  readonly beside?: Beside;
  readonly moves: readonly Move[];
}

/** Which of two was loaded first decides at equal priorities. */
export interface Beside {
  readonly policy: string;
  readonly first: boolean;
}

/** What iptables can't say is loaded by nft, whatever is wanted. */
export type Loader = 'nft' | 'iptables-nft' | 'iptables-legacy';

/** Packets of a history. */
const historySize = 40;

const oneOfNft = fc.constantFrom<Loader>('nft', 'nft', 'iptables-nft');
const onlyNft = fc.constant<Loader>('nft');
const onlyLegacy = fc.constant<Loader>('iptables-legacy');
const all = fc.oneof(packetSpecs, hookPackets, outputPackets, gatewayPackets);

function family(
  policies: fc.Arbitrary<string>,
  loader: fc.Arbitrary<Loader>,
  packets: fc.Arbitrary<string>,
): fc.Arbitrary<Case> {
  const specs = fc.oneof({ weight: 4, arbitrary: packets }, { weight: 1, arbitrary: all });
  return fc.record({ policy: policies.map(withoutHost), loader, moves: histories(specs, historySize) });
}

/** Both kinds of iptables, with tables of nft beside it. */
function mixed(loader: Loader): fc.Arbitrary<Case> {
  // The tables of the legacy variant are there from the first case on.
  const first = loader === 'iptables-legacy' ? fc.constant(false) : fc.boolean();
  const beside = fc.record({ policy: hookPolicies, first });
  const packets = fc.oneof(gatewayPackets, hookPackets);
  return fc
    .tuple(family(gatewayPolicies, fc.constant(loader), packets), beside)
    .map(([one, other]) => ({ ...one, beside: other }));
}

function withoutHost(policy: string): string {
  return policy.replace(/^host [\s\S]*?^\}\n/m, '');
}

/** Random cases of every kind but the one below. */
const nftCases: fc.Arbitrary<Case> = fc.oneof(
  family(policyTexts, oneOfNft, packetSpecs),
  family(gatewayPolicies, oneOfNft, gatewayPackets),
  family(gatewayPolicies, oneOfNft, gatewayPackets),
  family(gatewayPolicies, oneOfNft, gatewayPackets),
  family(withLookups(policyTexts), oneOfNft, packetSpecs),
  family(hookPolicies, onlyNft, hookPackets),
  family(withLookups(hookPolicies), onlyNft, hookPackets),
  family(outputPolicies, onlyNft, outputPackets),
  family(withLookups(outputPolicies), onlyNft, outputPackets),
  mixed('iptables-nft'),
);

/** What the legacy variant of iptables can say. Its tables stay for as long as the namespace does. */
const legacyCases: fc.Arbitrary<Case> = fc.oneof(
  family(policyTexts, onlyLegacy, packetSpecs),
  family(gatewayPolicies, onlyLegacy, gatewayPackets),
  family(gatewayPolicies, onlyLegacy, gatewayPackets),
  family(
    outputPolicies.map((text) => text.replace(/^table ip marks [\s\S]*?^\}\n/m, '')),
    onlyLegacy,
    outputPackets,
  ),
  mixed('iptables-legacy'),
);

/** Cases that share a namespace, one after the other. */
export const blockSize = 16;

/** The block that a case belongs to. */
export function blockOf(index: number): number {
  return Math.floor(index / blockSize);
}

/** The cases that the one of a number is drawn from. */
function casesAt(index: number): fc.Arbitrary<Case> {
  return fc.noBias(blockOf(index) % 5 === 4 ? legacyCases : nftCases);
}

/** The case of a number; each is drawn by itself, so that any can be drawn again. */
export function caseAt(seed: number, index: number): Case {
  const [drawn] = fc.sample(casesAt(index), { seed: caseSeed(seed, index), numRuns: 1 });
  if (!drawn) throw new Error('nothing was drawn');
  return drawn;
}

/** Numbers that are near each other give seeds that are not. */
function caseSeed(seed: number, index: number): number {
  return Math.imul(Math.imul(seed, 0x9e3779b1) ^ index, 0x85ebca6b) | 0;
}
