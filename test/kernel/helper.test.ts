// The helpers of the kernel expect what fixtures/helper lists, and connections that were expected go as is written there.
// UPDATE_FIXTURES=1 writes down what the kernel does now.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plainListing, readHelperFixture, writeHelperFixture } from '../support/helper-fixture.ts';
import { writeCaused } from '../support/wire-fixture.ts';
import { describeKernel } from './support/require.ts';
import { runOnWire } from './support/wire-host.ts';
import { causedOf, scriptOf } from './support/wire-script.ts';

const folder = join(import.meta.dirname, '../../fixtures/helper');

describeKernel('what helpers of the kernel expect', ['nft', 'conntrack', 'unshare'], () => {
  for (const name of readdirSync(folder)) {
    test(name, () => {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      const { wire, head, helped } = readHelperFixture(name, text);
      const script = scriptOf({ ...wire, injections: [...helped, ...wire.injections] });
      const records = runOnWire({ ...script, setup: script.setup.map(withBroadcast), helpers: true });
      const { conntrack = '', expected = '' } = records[helped.length - 1] ?? {};
      const caused = records.map(causedOf);
      const known = caused[helped.length - 1]?.connections;
      const written = writeCaused(wire, caused.slice(helped.length), known);
      const seen = writeHelperFixture(head, plainListing(conntrack) + plainListing(expected), written);
      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, seen);
      else expect(seen).toBe(text);
    });
  }
});

/** As programs that set up networks do: the helpers of what is asked of all look for that address of the interface. */
function withBroadcast(line: string): string {
  return /address add [\d.]+\/\d+ /.test(line) ? `${line} brd +` : line;
}
