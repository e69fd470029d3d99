// `hookline check --fix` and `--format`: what is found goes to files, editors and code hosts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline } from './support/hookline.ts';

const misspelt = {
  'policy.hook': `include "zones.hook"
tabel inet filter {
  chain input hook inptu priority filter policy drop {
    ct sate estabilshed acept # as long as it lasts
    from zone lan from @admin accept
  }
}
set admins = { 10.0.0.1 }
`,
  'zones.hook': 'zone lan = { interface "lan0"; adress 10.0.0.0/24 }\n',
};

describe('--fix', () => {
  test('corrects misspelt words in all files, and leaves names to their owner', () => {
    const cwd = folderWith(misspelt);
    const { status, stdout, stderr } = hookline(['check', '--fix', 'policy.hook'], { cwd });
    expect(readFileSync(join(cwd, 'policy.hook'), 'utf8')).toBe(
      misspelt['policy.hook']
        .replace('tabel', 'table')
        .replace('inptu', 'input')
        .replace('sate estabilshed acept', 'state established accept'),
    );
    expect(readFileSync(join(cwd, 'zones.hook'), 'utf8')).toContain('; address ');
    expect(stdout).toContain('policy.hook:3:20: `inptu` is `input` now\n');
    expect(stdout).toContain('zones.hook:1:32: `adress` is `address` now\n');
    expect(stderr).toContain('did you mean `@admins`?');
    expect(status).toBe(2);
  });

  test('needs a file', () => {
    expectRefusal(hookline(['check', '--fix', '-'], { input: 'tabel inet t { }\n' }), 'HK0010');
  });
});

describe('--format', () => {
  test('sarif has places, rules and fixes', () => {
    const cwd = folderWith(misspelt);
    const { status, stdout, stderr } = hookline(['check', '--format', 'sarif', 'policy.hook'], { cwd });
    expect(stderr).toBe('');
    expect(status).toBe(2);
    const { version, runs } = JSON.parse(stdout);
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    expect(tool.driver.rules.map(({ id }: { readonly id: string }) => id)).toContain('HK1001');
    expect(results).toContainEqual(
      expect.objectContaining({
        ruleId: 'HK1001',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'policy.hook', index: expect.any(Number) },
              region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 6 },
            },
          },
        ],
        fixes: [expect.objectContaining({ description: { text: 'did you mean `table`?' } })],
      }),
    );
  });

  test('json is that of `--json`, with fixes', () => {
    const cwd = folderWith(misspelt);
    const { stdout } = hookline(['check', '--format', 'json', 'policy.hook'], { cwd });
    expect(stdout).toBe(hookline(['--json', 'check', 'policy.hook'], { cwd }).stdout);
    const fix = { file: 'policy.hook', line: 2, column: 1, endLine: 2, endColumn: 6, text: 'table' };
    expect(JSON.parse(stdout).diagnostics).toContainEqual(expect.objectContaining({ fix }));
  });
});

describe('lint', () => {
  const files = {
    'policy.hook':
      'table inet t {\n  chain x hook input priority 0 policy drop { jump y }\n  chain y { }\n}\n',
    'twice.hook':
      'table inet t {\n  chain x hook input priority 0 {\n    tcp dport 1 drop\n    tcp dport 1 drop\n  }\n}\n',
  };

  test('warnings change the exit code only where they are denied', () => {
    const cwd = folderWith(files);
    expect(hookline(['check', 'twice.hook'], { cwd })).toMatchObject({
      status: 0,
      stdout: 'twice.hook: valid\n',
    });
    const denied = hookline(['check', '--deny', 'warnings', 'twice.hook'], { cwd });
    expect(denied.status).toBe(1);
    expect(denied.stderr).toContain('warning[HK7105]');
    expect(
      hookline(['check', '--deny', 'warnings', '--ignore', 'duplicate', 'twice.hook'], { cwd }).status,
    ).toBe(0);
    expect(hookline(['check', '--no-lint', 'twice.hook'], { cwd }).stderr).toBe('');
  });

  test('notes are asked for, by severity or by name', () => {
    const cwd = folderWith(files);
    expect(hookline(['check', 'policy.hook'], { cwd }).stderr).toBe('');
    expect(hookline(['check', '--severity', 'note', 'policy.hook'], { cwd }).stderr).toContain('2 notes');
    const only = hookline(['check', '--only', 'hk7109', 'policy.hook'], { cwd }).stderr;
    expect(only).toContain('note[HK7109]');
    expect(only).not.toContain('HK7112');
  });

  test('what there was no time for is said', () => {
    const cwd = folderWith(files);
    const { stderr, status } = hookline(['check', '--time-limit', '0', 'twice.hook'], { cwd });
    expect(stderr).toContain('warning[HK7100]: the time limit was reached: what reaches rule 1 of chain `x`');
    expect(stderr).toContain('warning[HK7105]');
    expect(status).toBe(0);
    expectRefusal(hookline(['check', '--time-limit', 'soon', 'twice.hook'], { cwd }), 'HK0010');
  });

  test('who administers the host by SSH is not locked out unseen', () => {
    const cwd = folderWith(files);
    const said = hookline(['check', '--ssh-from', '198.51.100.9', 'policy.hook'], { cwd });
    expect(said.stderr).toContain('error[HK7116]');
    expect(said.status).toBe(1);
    const env = { SSH_CONNECTION: '2001:db8::1 50000 2001:db8::2 22' };
    const running = hookline(['check', 'policy.hook'], { cwd, env });
    expect(running.stderr).toContain('warning[HK7116]: a new connection by SSH from 2001:db8::1 is dropped');
    expect(running.status).toBe(0);
    expectRefusal(hookline(['check', '--ssh-from', 'home', 'policy.hook'], { cwd }), 'HK0010');
  });

  test('a finding that does not exist is refused', () => {
    const cwd = folderWith(files);
    expectRefusal(hookline(['check', '--only', 'duplicat', 'policy.hook'], { cwd }), 'HK0010');
  });
});
