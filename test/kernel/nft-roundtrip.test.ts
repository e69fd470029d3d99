// Rule sets through the kernel: what it lists, imported and emitted again, loads to the same, in JSON and in text.
import { expect, test } from 'vitest';
import { emitNftJson } from '../../src/core/nft/emit-json.ts';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { importNftJson } from '../../src/core/nft/import-json.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { ruleSets } from './support/nft-rule-sets.ts';
import { describeKernel } from './support/require.ts';

describeKernel('nft rule sets through the kernel', ['nft'], () => {
  test.each(Object.entries(ruleSets))('%s', async (_name, text) => {
    await using first = await createNamespace('first');
    const dump = await load(first, ['-f', '-'], text);
    const { value: ruleSet, diagnostics } = importNftJson({ name: 'dump', text: dump });
    expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    if (!ruleSet) throw new Error('nothing imported');

    const json = emitNftJson(ruleSet);
    expect(json.diagnostics).toEqual([]);
    await using second = await createNamespace('second');
    const again = await load(second, ['-j', '-f', '-'], json.value ?? '');
    expect(comparable(again)).toEqual(comparable(dump));
    const twice = await load(second, ['-j', '-f', '-'], json.value ?? '');
    expect(comparable(twice)).toEqual(comparable(dump));

    const asText = emitNftText(ruleSet);
    expect(asText.diagnostics).toEqual([]);
    await using third = await createNamespace('third');
    expect(comparable(await load(third, ['-f', '-'], asText.value ?? ''))).toEqual(comparable(dump));
  });

  test('tables of others stay as they are', async () => {
    await using namespace = await createNamespace('others');
    const docker = 'table ip docker { chain c { accept\n } }\n'.replace('} }', '}\n}');
    await load(namespace, ['-f', '-'], `${docker}table ip ours { chain old {\n}\n}\n`);
    const { value } = emitNftJson({
      tables: [{ family: 'ip', name: 'ours', chains: [{ name: 'new', rules: [] }], sets: [], opaque: [] }],
    });
    const after = importNftJson({
      name: 'after',
      text: await load(namespace, ['-j', '-f', '-'], value ?? ''),
    });
    const chains = after.value?.tables.map((table) => [table.name, table.chains.map(({ name }) => name)]);
    expect(chains).toEqual([
      ['docker', ['c']],
      ['ours', ['new']],
    ]);
  });
});

/** Loads and lists. Node's standard input is a socket, which nft cannot open by name as it does for JSON. */
async function load(namespace: Namespace, args: readonly string[], input: string): Promise<string> {
  await namespace.run('ip', ['link', 'set', 'lo', 'up']);
  await namespace.run('sh', ['-c', 'cat | nft "$@"', 'nft', ...args], { input });
  return namespace.run('nft', ['-j', 'list', 'ruleset']);
}

/** A listing without handles; the order of rules counts, that of objects of other kinds does not. */
function comparable(listing: string): unknown {
  const items: object[] = JSON.parse(listing, (key, value) =>
    key === 'handle' ? undefined : value,
  ).nftables;
  const others = items.filter((item) => !('rule' in item)).map((item) => JSON.stringify(item));
  return { rules: items.filter((item) => 'rule' in item), others: others.toSorted() };
}
