// How the tests run: everything under test/; those that ask the kernel one file at a time, because they share its locks.
import { defineConfig } from 'vitest/config';

const kernel = ['test/kernel/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/**', 'grammar/**'] },
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/**/*.test.ts'], exclude: kernel } },
      { extends: true, test: { name: 'kernel', include: kernel, fileParallelism: false } },
    ],
  },
});
