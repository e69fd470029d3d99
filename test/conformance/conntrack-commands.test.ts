// Commands of conntrack end on our table as they do on the kernel's.
import { describe, expect, test } from 'vitest';
import { lacksCases, readCases, scoreLines } from './cases.ts';
import { commandCase, replay, tableCarrier } from './conntrack-commands.ts';

const file = 'conntrack.jsonl';

describe.skipIf(lacksCases(file))(file, () => {
  test('every command ends as it should', () => {
    const cases = readCases(file, commandCase);
    const results = replay(cases, tableCarrier());
    console.log([...scoreLines(file, results), `  of ${cases.length} lines`].join('\n'));
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
