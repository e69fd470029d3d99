// How the tests run: everything under test/; those that ask the kernel one file at a time, because they share its locks.
// HOOKLINE_SEED=random draws from a seed that is said first, so that it can be given again.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Halves the time in which programs of this repository start: their sources are compiled once. */
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compile');

const kernel = ['test/kernel/**/*.test.ts'];

if (process.env['HOOKLINE_SEED'] === 'random') {
  process.env['HOOKLINE_SEED'] = `${randomInt(2 ** 31)}`;
  process.stdout.write(`drawn with HOOKLINE_SEED=${process.env['HOOKLINE_SEED']}\n`);
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/bundle.ts'],
    setupFiles: ['test/support/setup.ts'],
    coverage: { provider: 'v8', include: ['src/**', 'grammar/**'] },
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.test.ts'], exclude: kernel } },
      { extends: true, test: { name: 'kernel', include: kernel, fileParallelism: false } },
    ],
  },
});
