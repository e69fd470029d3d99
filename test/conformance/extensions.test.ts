// Every match and target extension that iptables has, with every option that its manual page says, has a reader.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type KnownModule, knownModules, knownTargets } from '../../src/core/iptables/readers.ts';
import { lacksCases } from './cases.ts';

const file = 'iptables-extensions.json';
const path = join(import.meta.dirname, '../../../shared/conformance', file);
const extensions = z.record(z.string(), z.array(z.string()));

function read() {
  return z.object({ m: extensions, j: extensions }).parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The options without a reader; the page says of some extensions which family has them. */
function unknown(given: z.infer<typeof extensions>, known: ReadonlyMap<string, KnownModule>) {
  return Object.entries(given).flatMap(([title, options]) => {
    const module = known.get(title.replace(/ \(.*/, ''));
    if (!module) return [title];
    return options
      .filter((option) => !module.options.has(`--${option}`))
      .map((option) => `${title} --${option}`);
  });
}

describe.skipIf(lacksCases(file))(file, () => {
  test('all matches', () => {
    expect(unknown(read().m, knownModules)).toEqual([]);
  });

  test('all targets', () => {
    // The page says these two, and iptables 1.8.9 has `--timestamp` and no option for TRACE.
    expect(unknown(read().j, knownTargets)).toEqual(['SYNPROXY --timestamps', 'TRACE --trace']);
  });
});
