// How the tests run: everything under test/, on all processors; those that ask the kernel behind the others, and two files at
// a time, because some of them send packets in time.
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
    maxWorkers: '100%',
    // For what never ends; a busy machine takes its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: ['test/support/bundle.ts'],
    setupFiles: ['test/support/setup.ts'],
    coverage: { provider: 'v8', include: ['src/**', 'grammar/**'] },
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.test.ts'], exclude: kernel } },
      {
        extends: true,
        test: { name: 'kernel', include: kernel, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
