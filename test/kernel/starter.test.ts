// The kernel takes what `hookline init nat-gateway` writes, by all its doors, and its assertions hold for all packets.
import { expect, test } from 'vitest';
import { proveAssertions } from '../../src/core/analyse/assertion.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { folderWith, hookline } from '../cli/support/hookline.ts';
import { loadEverywhere } from './support/load.ts';
import { describeKernel } from './support/require.ts';

const needs = ['nft', 'ipset', 'iptables-legacy-restore', 'iptables-nft-restore'];

const inside = '--inside lan0 --inside-net 192.168.1.0/24';
const inside6 = `${inside} --inside-net6 2001:db8:1::/64`;
const outside = '--outside wan0 --outside-address 203.0.113.1/24';
const outside6 = `${outside} --outside-address6 2001:db8:f::1/64`;
const second = '--outside wan1 --outside-address 198.51.100.1/24';

describeKernel('the kernel loads a gateway', needs, () => {
  test.each([
    `${inside} ${outside}`,
    `${inside} ${outside} --via 203.0.113.9 --forward tcp:8080:192.168.1.2:80 --forward udp:5000-5100:192.168.1.3`,
    `${inside6} ${outside6} --via6 2001:db8:f::9 --forward tcp:22:192.168.1.2`,
    `${inside6} ${outside6} --prefix 2001:db8:e::/64`,
    `${inside} --inside srv0 --inside-net 10.0.0.0/24 ${outside} ${second} --weight 3 --weight 1`,
    `${inside6} ${outside6} ${second} --outside-address6 2001:db8:d::1/64 --forward tcp:443:192.168.1.2`,
  ])('%s', async (flags) => {
    const { stdout, stderr } = hookline(['init', 'nat-gateway', ...flags.split(' '), '-o', '-'], {
      cwd: folderWith({}),
    });
    expect(stderr).toBe('');
    const { value } = loadPolicy({ name: 'policy.hook', text: stdout }, 'hook');
    if (!value) throw new Error(stdout);
    const found = proveAssertions(value);
    expect(found.map(({ outcome }) => outcome)).toEqual(['holds', 'holds']);
    for (const { claims } of found) for (const { isMet } of claims) expect(isMet).toBe(true);
    await loadEverywhere('gateway', value);
  });
});
