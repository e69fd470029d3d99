import { expect, test } from 'vitest';
import { parseNftables } from '../../../src/core/nft/json.ts';

const inside = { family: 'inet', table: 't' };

function documentOf(...items: readonly unknown[]) {
  return { nftables: items };
}

test('returns the document as it is, unknown keys of objects included', () => {
  const document = documentOf(
    { metainfo: { version: '9', json_schema_version: 1, mood: 'good' } },
    { table: { family: 'inet', name: 't', owner: 'me' } },
    { add: { set: { ...inside, name: 's', type: ['ipv4_addr', 'inet_service'], fresh: { key: [1] } } } },
    { list: { ruleset: null } },
    { rename: { chain: { ...inside, name: 'a', newname: 'b' } } },
  );
  expect(parseNftables(document)).toEqual({ success: true, document });
});

test.each([
  [documentOf({ table: { family: 'ipx', name: 't' } }), ['nftables', 0, 'table', 'family']],
  [
    documentOf({ add: { chain: { ...inside, name: 'c', prio: 'filter' } } }),
    ['nftables', 0, 'add', 'chain', 'prio'],
  ],
  [
    documentOf({ rule: { ...inside, chain: 'c', expr: [{ accep: null }] } }),
    ['nftables', 0, 'rule', 'expr', 0],
  ],
  [
    documentOf({
      rule: { ...inside, chain: 'c', expr: [{ match: { op: '==', left: { meta: {} }, right: 1 } }] },
    }),
    ['nftables', 0, 'rule', 'expr', 0, 'match', 'left'],
  ],
  [documentOf({ insert: { set: { ...inside, name: 's' } } }), ['nftables', 0, 'insert']],
  [documentOf(5), ['nftables', 0]],
  [{}, ['nftables']],
  [null, []],
])('tells where %j is wrong', (document, path) => {
  const result = parseNftables(document);
  expect(result.success).toBe(false);
  expect(result.success || result.problems[0]?.path).toEqual(path);
});
