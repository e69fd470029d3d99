// Before all tests: the command as a few files instead of a thousand, because tests start it many hundred times and a
// start takes twice as long from its sources. test/cli/package.test.ts runs what is published.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { TestProject } from 'vitest/node';

const repository = join(import.meta.dirname, '../..');
const built = join(repository, 'dist/command');

/** The programs of the command, by their names in the bundle. */
const programs = {
  main: 'src/cli/main.ts',
  listener: 'src/host/lab/listener.ts',
  prober: 'src/host/lab/prober.ts',
  guardian: 'src/host/apply/guardian.ts',
} as const;

/** Builds it where a source is newer, and again when tests run again after a change. */
export async function setup(project: TestProject): Promise<void> {
  await bundle();
  project.onTestsRerun(bundle);
}

async function bundle(): Promise<void> {
  const made = statSync(join(built, 'main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newest(['src', 'grammar', 'package-lock.json']) < made) return;
  const input = Object.fromEntries(
    Object.entries(programs).map(([name, path]) => [name, join(repository, path)]),
  );
  const bundled = await rolldown({ input, platform: 'node', external: ['koffi'], logLevel: 'silent' });
  await bundled.write({ dir: built, format: 'esm', cleanDir: true });
  await bundled.close();
}

/** When any of these files, or of those below these folders, was written last. */
function newest(paths: readonly string[]): number {
  const files = paths.flatMap((path) => {
    const full = join(repository, path);
    if (!statSync(full).isDirectory()) return [full];
    const below = readdirSync(full, { recursive: true, withFileTypes: true });
    return below.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
