import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../../src/core/nft/json-reader.ts';
import { isJsonArray, isJsonObject } from '../../../src/core/nft/json-value.ts';
import { writeJson } from '../../../src/core/nft/json-writer.ts';
import { locationOf, textOf } from '../../../src/core/text/source.ts';

function read(text: string) {
  return readJson({ name: 'x.json', text });
}

test('reads what JSON.parse reads, and what the writer writes', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const { value } = read(text);
      expect(inDoubles(value?.value)).toBe(JSON.stringify(JSON.parse(text)));
      expect(inDoubles(read(writeJson(value?.value ?? null)).value?.value)).toBe(inDoubles(value?.value));
    }),
  );
});

function inDoubles(value: unknown): string {
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? Number(one) : one));
}

test('refuses whatever JSON.parse refuses', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '}', ',', '\\', '\n', '0', '.'),
      (text, at, by) => {
        const broken = text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1);
        expect(read(broken).value !== undefined).toBe(parses(broken));
      },
    ),
    { numRuns: 500 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('keeps whole numbers exact', () => {
  expect(read('[9007199254740993, -18446744073709551615, 5, 1.5]').value?.value).toEqual([
    9007199254740993n,
    -18446744073709551615n,
    5,
    1.5,
  ]);
});

test('knows where the items of the list stand', () => {
  const { value } = read('{"nftables": [\n  {"a": 1},\n  {"b": {"c": []}}\n]}');
  const items = isJsonObject(value?.value) ? value.value['nftables'] : undefined;
  const item = isJsonArray(items) ? items[1] : undefined;
  const span = item === undefined ? undefined : value?.spanOf(item);
  expect(span && textOf(span)).toBe('{"b": {"c": []}}');
  expect(span && locationOf(span)).toEqual({ file: 'x.json', line: 3, column: 3 });
});

describe('says what stands where something else must be', () => {
  test.each([
    ['{"nftables": [{"a": 1}', 'the end of the text stands where `,` or `]` must be'],
    ['{"nftables": [', 'the end of the text stands where a value must be'],
    ['{"nftables" 1}', '`1` stands where `:` must be'],
    ['["a\nb"]', 'a control character stands where the closing quote of a string must be'],
    ['['.repeat(501), '`[` stands where less nesting must be'],
  ])('%s', (text, message) => {
    expect(read(text).diagnostics).toMatchObject([{ code: 'HK5501', message }]);
  });
});
