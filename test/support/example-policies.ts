// The policies of the examples, each with the files that it includes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../src/core/diagnostic/diagnostic.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { Source } from '../../src/core/text/source.ts';
import { includeInside } from '../../src/host/includes.ts';

const folder = join(import.meta.dirname, '../../examples');

/** Paths of the policies, from the folder of the examples: `home-gateway/policy.hook`. */
export const examplePolicies: readonly string[] = exampleFiles().filter((path) => !isNetwork(path));

/** Paths of those that describe networks of several hosts. */
export const exampleNetworks: readonly string[] = exampleFiles().filter(isNetwork);

function exampleFiles(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hook'))
    .toSorted();
}

function isNetwork(path: string): boolean {
  return path.endsWith('network.hook');
}

/** What stands in one of them. */
export function exampleSource(path: string): Source {
  const name = join(folder, path);
  return { name, text: readFileSync(name, 'utf8') };
}

/** The policy, checked, with what is wrong with it. */
export function loadExample(path: string): Outcome<Policy> {
  return loadPolicy(exampleSource(path), 'hook', {
    include: (target, from) => includeInside(target, from, folder),
  });
}
