// nft text read without nft: as its author wrote it, and as nft lists it, it is what nft lists as JSON.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readNftables } from '../../src/core/nft/json.ts';
import { nftTextToJson } from '../../src/core/nft/text-import/read.ts';
import { nftScripts, nftTextFolder, shortTexts, withIncludes } from '../support/nft-text-fixture.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
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

/** Chains without a name are no JSON in nft 1.0.6. */
const notInJson = ['anonymous.nft'];

describeKernel('scripts of nft', ['nft'], () => {
  test.each(nftScripts.map((source) => [basename(source.name), source] as const))(
    '%s is taken, and listed alike',
    async (name, source) => {
      await using namespace = await createNamespace('script');
      await namespace.run('ip', ['link', 'set', 'lo', 'up']);
      await namespace.run('ip', ['link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'lan0']);
      await namespace.run('sh', ['-c', 'cd "$1" && nft -f "$2"', 'nft', nftTextFolder, name]);
      if (notInJson.includes(name)) return;
      const listing = await namespace.run('nft', ['-j', 'list', 'ruleset']);
      expect(readNftables(listing, { strict: true })).toMatchObject({ success: true });
      const { value, diagnostics } = nftTextToJson(source, withIncludes);
      expect(diagnostics).toEqual([]);
      expect(comparable(value)).toEqual(comparable(JSON.parse(listing)));
    },
  );

  test.each([
    ['takes', shortTexts('taken')],
    ['refuses', shortTexts('refused')],
  ])('nft %s the short texts', async (wanted, texts) => {
    await using namespace = await createNamespace('short');
    for (const text of texts) {
      const check = namespace.run('sh', ['-c', 'cat | nft -c -f -'], { input: text });
      const outcome = await check.then(
        () => 'takes',
        () => 'refuses',
      );
      expect([text, outcome]).toEqual([text, wanted]);
    }
  });
});

/** What HK4509 warns of. */
describeKernel('a port of `tproxy` that is worked out', ['nft'], () => {
  test.each([
    [':meta mark map { 0x1 : 80 }', 'tproxy to'],
    ['10.0.0.1:meta mark map { 0x1 : 80 }', 'tproxy to 10.0.0.1'],
    ['10.0.0.1:numgen inc mod 10', 'tproxy to 10.0.0.1'],
    ['ip saddr map { 10.0.0.2 : 10.0.0.1 }:80', 'tproxy to ip saddr map { 10.0.0.2 : 10.0.0.1 }:80'],
  ])('nft lists `tproxy to %s` as `%s`', async (place, listing) => {
    await using namespace = await createNamespace('tproxy');
    const chain = 'type filter hook prerouting priority mangle; policy accept;';
    await run(
      namespace,
      ['-f', '-'],
      `table ip t { chain c { ${chain} meta l4proto tcp tproxy to ${place}\n}\n}`,
    );
    const lines = (await run(namespace, ['list', 'ruleset'])).split('\n').map((line) => line.trim());
    expect(lines).toContain(`meta l4proto tcp ${listing}`);
    expect(await run(namespace, ['-j', 'list', 'ruleset'])).toContain('"port": ');
  });
});

/** Node's standard input is a socket, which nft cannot open by name. */
async function run(namespace: Namespace, args: readonly string[], input?: string): Promise<string> {
  if (input === undefined) return namespace.run('nft', args);
  await namespace.run('ip', ['link', 'set', 'lo', 'up']);
  return namespace.run('sh', ['-c', 'cat | nft "$@"', 'nft', ...args], { input });
}

/** What nft 1.0.6 lists of some objects in text only, and what the kernel adds. */
const onlyInText = ['comment', 'auto-merge', 'handle', 'expires', 'dev'];

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
  const isSet = 'type' in value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, isSet ? asListed(key, inner) : inner] as const)
    .filter(([key]) => !onlyInText.includes(key) || (isRule && key === 'comment'))
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => [key, plain(inner, isRule)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A property of a set: `dynamic` is in text only, and several types of data are one string. */
function asListed(key: string, value: unknown): unknown {
  if (key === 'map' && typeof value === 'string' && value.includes(' . ')) return value.split(' . ');
  return key === 'flags' ? withoutDynamic(value) : value;
}

/** A flag that nft 1.0.6 has in text only. */
function withoutDynamic(flags: unknown): unknown {
  const rest = Array.isArray(flags) ? flags.filter((flag) => flag !== 'dynamic') : flags;
  return Array.isArray(rest) && rest.length === 0 ? undefined : rest;
}
