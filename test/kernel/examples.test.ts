// The kernel takes what the examples compile to, by all its doors.
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { createNamespace } from '../../src/host/lab/namespace.ts';
import { examplePolicies, loadExample } from '../support/example-policies.ts';
import { loadIptables, loadNft, loadNftJson } from './support/load.ts';
import { describeKernel } from './support/require.ts';

const needs = ['nft', 'ipset', 'iptables-legacy-restore', 'iptables-nft-restore'];

describeKernel('the kernel loads the examples', needs, () => {
  test.each(examplePolicies)('%s', async (path) => {
    const policy = loadExample(path).value;
    const text = (backEnd: BackEnd): string => (policy && compile(policy.ruleSet, backEnd).value) ?? '';
    await using namespace = await createNamespace('example');
    await loadNft(namespace, text('nft'));
    await loadNftJson(namespace, text('nft-json'));
    expect(await namespace.run('nft', ['list', 'ruleset'])).not.toBe('');
    for (const variant of ['legacy', 'nft'] as const) {
      await using other = await createNamespace(`example-${variant}`);
      await other.run('ipset', ['restore'], { input: text('ipset') });
      await loadIptables(other, `iptables-${variant}`, text('iptables'));
      await loadIptables(other, `ip6tables-${variant}`, text('ip6tables'));
      expect(await other.run(`iptables-${variant}-save`, [])).toMatch(/^\*(filter|mangle)$/m);
    }
  });
});
