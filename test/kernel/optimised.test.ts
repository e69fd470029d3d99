// What `compile --optimize` makes is taken by nft, and with its sets by iptables-restore in both variants: of the fixtures,
// and of policies drawn with rules that are alike.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { optimise } from '../../src/core/optimise/optimise.ts';
import { alikePolicies } from '../arbitrary/alike-rules.ts';
import { seed } from '../support/seed.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const folder = join(import.meta.dirname, '../../fixtures/optimise');
const fixtures = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

/** In this order: the rules ask for the sets. */
const loaders = {
  nft: ['nft -c -f -'],
  'nft-json': ['cat | nft -c -j -f -'],
  ipset: ['ipset restore'],
  iptables: ['iptables-legacy-restore --test', 'iptables-nft-restore --test'],
  ip6tables: ['ip6tables-legacy-restore --test', 'ip6tables-nft-restore --test'],
} as const satisfies Partial<Record<BackEnd, readonly string[]>>;

const backEnds = ['nft', 'nft-json', 'ipset', 'iptables', 'ip6tables'] as const;

function ruleSetOf(text: string): RuleSet | undefined {
  return loadPolicy({ name: 'any.hook', text }, 'hook').value?.ruleSet;
}

/** Kernels have not all types of sets: without one, what looks into it can't be tried. */
const isAbsent = /set type not supported/;

/** What the tools say against it, of what is compiled at all. */
async function complaints(namespace: Namespace, given: RuleSet): Promise<readonly string[]> {
  const found: string[] = [];
  for (const to of backEnds) {
    const { value: input } = compile(optimise(given, to).ruleSet, to);
    if (input === undefined) continue;
    for (const load of loaders[to]) {
      const problem = await namespace.run('sh', ['-c', load], { input }).then(
        () => '',
        (error: Error) => error.message,
      );
      if (isAbsent.test(problem)) return found;
      if (problem !== '') found.push(`${load}: ${problem}\n${input}`);
    }
  }
  return found;
}

describeKernel(
  'optimised rule sets',
  ['nft', 'ipset', 'iptables-nft-restore', 'iptables-legacy-restore'],
  () => {
    test.each([
      ['the fixtures', fixtures],
      ['rules that are alike', fc.sample(alikePolicies, { numRuns: 15, seed })],
    ])('%s', async (_, texts) => {
      for (const ruleSet of texts.flatMap((text) => ruleSetOf(text) ?? [])) {
        await using namespace = await createNamespace('optimised');
        expect(await complaints(namespace, ruleSet)).toEqual([]);
      }
    });
  },
);
