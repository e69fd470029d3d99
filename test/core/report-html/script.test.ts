// The report's policy on content names its script by its digest: another text would not run.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { script, scriptDigest } from '../../../src/core/report-html/script.ts';

test('the digest is that of the script', () => {
  expect(scriptDigest).toBe(`sha256-${createHash('sha256').update(script).digest('base64')}`);
});
