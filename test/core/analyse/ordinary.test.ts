// Tables of ordinary packets: one row for what a person calls one thing, and the others told when they are asked for.
import { expect, test } from 'vitest';
import { knownValues } from '../../../src/core/analyse/known-values.ts';
import { query } from '../../../src/core/analyse/query.ts';
import { loadPolicy } from '../../../src/core/load.ts';

const rules = `
host gw {
  interface "lo" { address 127.0.0.1/8 }
  interface "eth0" { address 203.0.113.80/24; address 2001:db8::80/64 }
  route default via 203.0.113.1
}
set admins = { 198.51.100.0/28 }
table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 443 accept
    ip saddr @admins tcp dport 22 accept
    ip saddr 127.0.0.0/8 tcp dport 9 accept
  }
}
`;

function answer(text: string, scope: { readonly scope?: 'ordinary' }) {
  const question = { name: 'question', text };
  const { value, diagnostics } = loadPolicy({ name: 'gw.hook', text: rules }, 'hook', { question });
  if (!value?.question) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { ruleSet, hosts } = value;
  const known = { ...knownValues([], [ruleSet], hosts[0]), ...scope };
  const { classes, isPart } = query({ ruleSet, host: hosts[0] }, value.question, known);
  return { rows: classes.map(({ packets }) => Object.fromEntries(packets.cells)), isPart };
}

test('special addresses make no rows of their own, and that they are left out is told', () => {
  const asked = 'accepted iif "eth0" meta nfproto ipv4 tcp dport { 22, 443 } ct state new';
  const { rows, isPart } = answer(asked, { scope: 'ordinary' });
  expect(rows.map(({ source }) => source)).toEqual(['@admins', undefined]);
  expect(rows.map((row) => row['destination port'])).toEqual(['ssh, https', 'https']);
  expect(new Set(rows.map(({ destination }) => destination))).toEqual(new Set(['203.0.113.80']));
  expect(isPart).toBe(true);
  const all = answer(asked, {});
  expect(all.rows.length).toBeGreaterThan(2);
  expect(all.isPart).toBe(false);
});

test('where there are only special ones these are told', () => {
  const { rows, isPart } = answer('accepted iif "lo" tcp dport 9 ct state new', { scope: 'ordinary' });
  expect(rows[0]).toMatchObject({ in: 'lo', 'destination port': '9' });
  expect(isPart).toBe(false);
});
