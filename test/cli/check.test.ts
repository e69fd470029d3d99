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
