// A Node that is too old is refused in words, and not by what it lacks.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemOfNode } from '../../src/cli/node-version.ts';
import { repository } from './support/hookline.ts';

test.each([
  ['18.20.4', true],
  ['20.19.0', true],
  ['22.17.1', true],
  ['22.18.0', false],
  ['24.0.0', false],
])('Node %s', (version, isTooOld) => {
  expect(problemOfNode(version) !== undefined).toBe(isTooOld);
});

test('the least version is that of package.json', () => {
  const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  expect(problemOfNode('20.0.0')?.message).toContain(`${engines.node.replace('>=', '')} or newer`);
});
