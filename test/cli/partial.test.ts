// `compile --partial`: what a back end can't say is left out only on request, listed, and the command ends with 1.
import { describe, expect, test } from 'vitest';
import { hookline } from './support/hookline.ts';

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
  set tagged : mark = { 1, 2 }
  chain input hook input priority filter {
    ip saddr @admins accept
    iptables match "-m frob --knob 1" drop
    nft { "frobnicate" : null }
    meta mark @tagged drop
    tcp dport 22 accept
  }
}
`;

/** What each target says of the mixed policy, and the line that it cannot say. */
const targets = [
  ['iptables', '--dport 22', 7],
  ['ip6tables', '--dport 22', 7],
  ['ipset', 'add admins.new 10.0.0.1', 3],
  ['nft-json', '"right": 22', 6],
  ['nft', 'tcp dport 22 accept', 6],
] as const;

describe.each(targets)('%s', (target, kept, line) => {
  test('writes nothing that is not whole', () => {
    const { status, stdout, stderr } = hookline(['compile', '-', '--to', target], { input: mixed });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`<stdin>:${line}:`);
  });

  test('writes the rest with --partial, and lists what is left out', () => {
    const { status, stdout, stderr } = hookline(['compile', '-', '--to', target, '--partial'], {
      input: mixed,
    });
    expect(stderr).toContain(`<stdin>:${line}:`);
    expect(stdout).toContain(kept);
    expect(status).toBe(1);
  });
});
