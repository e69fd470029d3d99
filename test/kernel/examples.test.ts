// The kernel takes what the examples compile to, by all its doors.
import { test } from 'vitest';
import { examplePolicies, loadExample } from '../support/example-policies.ts';
import { loadEverywhere } from './support/load.ts';
import { describeKernel } from './support/require.ts';

const needs = ['nft', 'ipset', 'iptables-legacy-restore', 'iptables-nft-restore'];

describeKernel('the kernel loads the examples', needs, () => {
  test.each(examplePolicies)('%s', async (path) => {
    const { value } = loadExample(path);
    if (!value) throw new Error(`${path} is not valid`);
    await loadEverywhere('example', value);
  });
});
