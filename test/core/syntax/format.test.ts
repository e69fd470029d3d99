// The canonical layout, by example.
import { expect, test } from 'vitest';
import { formatPolicy } from '../../../src/core/syntax/format.ts';

function formatted(text: string): string | undefined {
  return formatPolicy({ name: 'test.hook', text }).value;
}

test.each([
  [
    'blocks and statements',
    'table t{chain c{accept;drop}}',
    'table t {\n  chain c {\n    accept\n    drop\n  }\n}\n',
  ],
  ['empty blocks', 'table t {\n\n chain c {\n }\n}', 'table t {\n  chain c { }\n}\n'],
  ['blank lines', '\n\nlet a = 1\n\n\n\nlet b = 2\nlet c = 3\n\n', 'let a = 1\n\nlet b = 2\nlet c = 3\n'],
  ['comments', '# a\nlet b = 1   # c  \n\n  # d\n', '# a\nlet b = 1 # c\n\n# d\n'],
  ['comments of blocks', 'host h { # a\n\n # b\n on x\n} # c', 'host h { # a\n  # b\n  on x\n} # c\n'],
  ['line ends', 'let a = 1\r\nlet b =\r\n  2 \\\r\n 3', 'let a = 1\nlet b = 2 3\n'],
  [
    'ranges and prefixes',
    'let a = 1 - 5\nlet b = 10.0.0.0 / 8\nlet c = x / y',
    'let a = 1-5\nlet b = 10.0.0.0/8\nlet c = x / y\n',
  ],
  ['sets', 'set a:port={1,2 ,3:4}', 'set a : port = { 1, 2, 3 : 4 }\n'],
  ['sets without commas', 'set a = { 1\n2 }', 'set a = {\n  1\n  2\n}\n'],
  ['sets with comments', 'set a = { # x\n1, # y\n# z\n2 }', 'set a = { # x\n  1, # y\n  # z\n  2\n}\n'],
  ['comments within a statement', 'let a = 1 . # x\n2', 'let a = 1 . # x\n    2\n'],
  [
    'assertions and maps',
    'assert "a"{never   accept tcp dport {1,2};always drop }\nmap m:port->mark={1:2}',
    'assert "a" {\n  never accept tcp dport { 1, 2 }\n  always drop\n}\nmap m : port -> mark = { 1 : 2 }\n',
  ],
  [
    'blocks and calls',
    'zone a = { interface "x" ; address 10.0.0.1 }\ndef f(a:b , c) { f2( {1,2},a )\n when iif { "x" } tcp dport {1,2} { accept } }',
    'zone a = {\n  interface "x"\n  address 10.0.0.1\n}\ndef f(a:b, c) {\n  f2({ 1, 2 },a )\n  when iif { "x" } tcp dport { 1, 2 } {\n    accept\n  }\n}\n',
  ],
])('%s', (_, text, expected) => {
  expect(formatted(text)).toBe(expected);
});

test('only the widest set is wrapped, at 100 columns', () => {
  const ports = Array.from({ length: 40 }, (_, index) => 1000 + index);
  const rule = `    tcp sport { 1, 2 } tcp dport {\n      ${ports.slice(0, 15).join(', ')},`;
  const text = formatted(
    `table t { chain c { tcp sport { 1, 2 } tcp dport { ${ports.join(', ')} } accept } }`,
  );
  expect(text).toContain(rule);
  expect(text).toContain('\n    } accept\n');
  expect(text?.split('\n').every((line) => line.length <= 100)).toBe(true);
});

test('a text with syntax errors is refused', () => {
  const { value, diagnostics } = formatPolicy({ name: 'test.hook', text: 'tabel t { }' });
  expect(value).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
});

test('a statement of very many sets is laid out in a time that grows with it, and once for all', () => {
  const before = process.threadCpuUsage();
  const once = formatted(`let a = ${'{ 10.0.0.1, 10.0.0.2 } '.repeat(4000)}\n`) ?? '';
  expect(process.threadCpuUsage(before).user).toBeLessThan(3_000_000);
  expect(once.length).toBeGreaterThan(4000);
  expect(formatted(once)).toBe(once);
});

test('blocks that begin right behind others get lines of their own', () => {
  const packet = 'packet in "lan0" tcp 10.0.0.1:40000 -> 10.0.0.254:22 syn';
  expect(formatted(`test "a" { ${packet} }\\\nassert "b" { never accept } table ip t { }`)).toBe(
    `test "a" {\n  ${packet}\n}\nassert "b" {\n  never accept\n}\ntable ip t { }\n`,
  );
  expect(formatted('table t { chain a { accept } chain b { drop } }')).toBe(
    'table t {\n  chain a {\n    accept\n  }\n  chain b {\n    drop\n  }\n}\n',
  );
});
