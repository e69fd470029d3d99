// A real browser: the machine's own, without a window.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe, test } from 'vitest';
import { saySkipped } from './skipped.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where the browser is; undefined if there is none. */
function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A suite that looks at pages. Where there is no browser it is skipped with one line that says so, and under
 * HOOKLINE_KERNEL=required it fails. `open` starts the browser: without its sandbox, which root may not have.
 */
export function describeInBrowser(name: string, body: (open: () => Promise<Browser>) => void): void {
  const executablePath = findBrowser();
  const open = () =>
    chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'], timeout: 120_000 });
  if (executablePath !== undefined) {
    describe(name, () => body(open));
  } else if (process.env.HOOKLINE_KERNEL === 'required') {
    test(`${name}: there is a browser`, () => {
      throw new Error('HOOKLINE_KERNEL=required, but there is no chromium');
    });
  } else {
    saySkipped(name, 'needs chromium');
    describe.skip(name, () => body(open));
  }
}
