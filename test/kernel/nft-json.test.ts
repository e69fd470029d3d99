// The fixtures of nft's JSON are what nft takes, refuses and lists, and what it lists is what the model knows.
import { expect, test } from 'vitest';
import { readNftables } from '../../src/core/nft/json.ts';
import { documentOf, nftJsonDocuments, refusedStatements } from '../support/nft-json-fixture.ts';
import { loadNftJson } from './support/load.ts';
import { createNamespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

describeKernel('nft JSON', ['nft'], () => {
  const loaded = nftJsonDocuments.filter(({ needs }) => needs === undefined);

  test.each(loaded)('$name lists as the fixture says', async ({ load, lists }) => {
    await using namespace = await createNamespace('json');
    await loadNftJson(namespace, JSON.stringify({ nftables: load }));
    const listing = await namespace.run('nft', ['-j', 'list', 'ruleset']);
    const read = readNftables(listing, { strict: true });
    if (!read.success) throw new Error(JSON.stringify(read.problems));
    const plain: { readonly nftables: readonly object[] } = JSON.parse(listing, (key, value) =>
      key === 'handle' ? undefined : value,
    );
    expect(plain.nftables.filter((item) => !('metainfo' in item))).toEqual(lists);
  });

  test.each(refusedStatements)('$statement: nft $nft', async ({ statement, nft }) => {
    await using namespace = await createNamespace('refused');
    const load = loadNftJson(namespace, JSON.stringify(documentOf(statement)));
    const outcome = await load.then(
      () => 'takes',
      () => 'refuses',
    );
    expect(outcome).toBe(nft);
  });
});
