// Both forms of conntrack's counters say the same.
import { expect, test } from 'vitest';
import { readStatistics, totalOf } from '../../../src/core/conntrack/statistics.ts';

const listed = [
  'cpu=0   \tfound=1 invalid=0 insert=26 error=2 clash_resolve=3 chaintoolong=4 ',
  'cpu=1   \tfound=2 invalid=7 insert=0 error=0 clash_resolve=0 chaintoolong=0 unknown1=9 ',
  '',
].join('\n');

const proc = [
  'entries  clashres found invalid chainlength insert icmp_error  expect_new',
  '000001ff  00000003 00000001 00000000 00000004 0000001a 00000002  00000000',
  '000001ff  00000000 00000002 00000007 00000000 00000000 00000000  00000001',
].join('\n');

test('conntrack -S is read by processor, with names that nobody knows', () => {
  const { value, diagnostics } = readStatistics(listed);
  expect(diagnostics).toEqual([]);
  expect(value?.cpus[1]).toEqual({
    cpu: 1,
    counters: { found: 2, invalid: 7, insert: 0, error: 0, clash_resolve: 0, chaintoolong: 0, unknown1: 9 },
  });
  expect(value && totalOf(value)).toMatchObject({ found: 3, invalid: 7, insert: 26, unknown1: 9 });
});

test('the columns of /proc have the same names, in hexadecimal, and the size of the table', () => {
  const [fromTool, fromProc] = [readStatistics(listed).value, readStatistics(proc).value];
  expect(fromProc?.entries).toBe(0x1ff);
  const total = fromProc ? totalOf(fromProc) : {};
  expect({ ...total, unknown1: 9 }).toEqual({ ...(fromTool && totalOf(fromTool)), expect_new: 1 });
});

test.each([
  ['cpu=0 found=1\nnonsense\ncpu=1 found=x', [2, 3], 1],
  [`${proc}\n00000001 zz`, [4], 2],
  ['', [1], undefined],
  ['found=1', [1], undefined],
])('%j has broken lines', (text, broken, processors) => {
  const { value, diagnostics } = readStatistics(text);
  expect(diagnostics.map(({ message }) => message)).toEqual(
    broken.map((line) => `line ${line} has no counters of conntrack`),
  );
  expect(value?.cpus.length).toBe(processors);
});
