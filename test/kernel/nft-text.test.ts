// nft text read without nft: as its author wrote it, and as nft lists it, it is what nft lists as JSON.
import { expect, test } from 'vitest';
import { nftTextToJson } from '../../src/core/nft/text-import/read.ts';
import { createNamespace, type Namespace } from '../../src/host/lab/namespace.ts';
import { ruleSets } from './support/nft-rule-sets.ts';
import { describeKernel } from './support/require.ts';

describeKernel('nft text and the JSON of nft', ['nft'], () => {
  test.each(Object.entries(ruleSets))('%s', async (_name, text) => {
    await using namespace = await createNamespace('text');
    await run(namespace, ['-f', '-'], text);
    const wanted = comparable(JSON.parse(await run(namespace, ['-j', 'list', 'ruleset'])));
    const shown = await run(namespace, ['list', 'ruleset']);
    for (const source of [text, shown]) {
      const { value, diagnostics } = nftTextToJson({ name: 'rules.nft', text: source });
      expect(diagnostics).toEqual([]);
      expect(comparable(value)).toEqual(wanted);
    }
  });
});

/** Node's standard input is a socket, which nft cannot open by name. */
async function run(namespace: Namespace, args: readonly string[], input?: string): Promise<string> {
  if (input === undefined) return namespace.run('nft', args);
  await namespace.run('ip', ['link', 'set', 'lo', 'up']);
  return namespace.run('sh', ['-c', 'cat | nft "$@"', 'nft', ...args], { input });
}

/** What nft 1.0.6 lists of some objects in text only, and what the kernel adds. */
const onlyInText = ['comment', 'auto-merge', 'handle', 'expires'];

/** Objects in any order, without what one of the forms lacks. */
function comparable(document: unknown): readonly string[] {
  const { nftables } = Object(document);
  return nftables
    .flatMap((item: object) => {
      const [[kind, body] = ['', undefined]] = Object.entries(item);
      if (kind === 'metainfo') return [];
      const isRule = kind === 'rule';
      return [JSON.stringify([kind, plain(body, isRule)])];
    })
    .toSorted();
}

function plain(value: unknown, isRule: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, isRule));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !onlyInText.includes(key) || (isRule && key === 'comment'))
    .map(([key, inner]) => [key, plain(inner, isRule)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
