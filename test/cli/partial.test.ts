// `compile --partial`: what a back end can't say is left out only on request, listed, and the command ends with 1.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backEndNames } from '../../src/core/compile.ts';
import { folderWith, hookline, namesIn } from './support/hookline.ts';

const policy = `table ip filter {
  chain INPUT policy drop {
    tcp dport 22 accept
    tcp flags == syn accept
    udp dport 53 accept
  }
}
`;

describe('a rule that iptables can not say', () => {
  test('leaves no text', () => {
    const { status, stdout, stderr } = hookline(['compile', '-', '--to', 'iptables'], { input: policy });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('<stdin>:4:');
  });

  test('is left out with --partial, and listed', () => {
    const { status, stdout, stderr } = hookline(['compile', '-', '--to', 'iptables', '--partial'], {
      input: policy,
    });
    expect(status).toBe(1);
    expect(stdout).toContain('--dport 22');
    expect(stdout).toContain('--dport 53');
    expect(stdout).not.toContain('--tcp-flags');
    expect(stderr).toContain('<stdin>:4:');
  });

  test('what nothing can be done about leaves no text even so', () => {
    const odd = 'table ip odd {\n chain c hook forward priority 7 { accept }\n}\n';
    const { status, stdout } = hookline(['compile', '-', '--to', 'iptables', '--partial'], { input: odd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

const mixed = `table inet filter {
  set admins : ipv4_addr = { 10.0.0.1 }
  set tagged : mark dynamic = { 1, 2 }
  set watched : ipv4_addr {
    limit 1/second
  }
  chain input hook input priority filter {
    ip saddr @admins accept
    iptables match "-m frob --knob 1" drop
    nft { "frobnicate" : null }
    meta mark @tagged drop
    tcp dport 22 accept
    ip saddr @watched counter
  }
}
`;

const where = 'of chain `input` in table `inet filter`';

/** What each target says of the mixed policy, and how it names what it cannot say, and why. */
const targets = [
  ['iptables', '--dport 22', `rule 4 ${where}: iptables can't look this up in a named set for \`meta mark\``],
  [
    'ip6tables',
    '--dport 22',
    `rule 3 ${where}: \`{"frobnicate": null}\` was read from nft and not understood`,
  ],
  [
    'ipset',
    'add admins.new 10.0.0.1',
    "ipset can't hold set `watched` of type ipv4_addr: its elements have limits",
  ],
  [
    'nft-json',
    '"right": 22',
    `rule 2 ${where} cannot be said in nft: \`-m frob --knob 1\` was not understood`,
  ],
  [
    'nft',
    'tcp dport 22 accept',
    `rule 2 ${where} cannot be said in nft: \`-m frob --knob 1\` was not understood`,
  ],
] as const;

describe.each(targets)('%s', (target, kept, refused) => {
  test('writes nothing that is not whole', () => {
    const folder = folderWith({ 'policy.hook': mixed });
    const args = ['compile', 'policy.hook', '--to', target];
    const { status, stdout, stderr } = hookline(args, { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(refused);
    expect(hookline([...args, '-o', 'rules'], { cwd: folder }).status).toBe(2);
    expect(namesIn(folder)).toEqual(['policy.hook']);
  });

  test('writes the rest with --partial, and lists what is left out', () => {
    const args = ['compile', '-', '--to', target, '--partial'];
    const { status, stdout, stderr } = hookline(args, { input: mixed });
    expect(stderr).toContain(refused);
    expect(stdout).toContain(kept);
    expect(status).toBe(1);
  });
});

test('all targets are written with --partial, or none is', () => {
  const folder = folderWith({ 'policy.hook': mixed });
  const args = ['compile', 'policy.hook', '--to', 'all', '-o', 'out'];
  expect(hookline(args, { cwd: folder }).status).toBe(2);
  expect(namesIn(folder)).toEqual(['policy.hook']);
  expect(hookline([...args, '--partial'], { cwd: folder }).status).toBe(1);
  expect(namesIn(join(folder, 'out'))).toHaveLength(backEndNames.length);
});
