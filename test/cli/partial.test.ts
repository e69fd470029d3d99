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
