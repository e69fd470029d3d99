// Objects of tables, and all that refers to them, through the kernel: what it lists of ours in text and in JSON is ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { importNftJson } from '../../src/core/nft/import-json.ts';
import { importNftText } from '../../src/core/nft/text-import/import.ts';
import { policyOf } from '../support/policy.ts';
import { loadNft } from './support/load.ts';
import { createNamespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const path = join(import.meta.dirname, '../../fixtures/ruleset/objects.hook');

/** Kinds of objects that the kernels of the tests do not have. */
const lacking = ['secmark', 'flowtable'];

function ours(): RuleSet {
  const [text = ''] = readFileSync(path, 'utf8').split('# ---- expected ----');
  const { ruleSet } = policyOf(text);
  const tables = ruleSet.tables.filter(
    ({ objects = [] }) => !objects.some(({ kind }) => lacking.includes(kind)),
  );
  return { tables };
}

/** What nft 1.0.6 lists in text only. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\t+comment .*\n/gm, '');
}

describeKernel('objects of nft', ['nft'], () => {
  test('text and JSON that nft lists are what was loaded', async () => {
    await using namespace = await createNamespace('objects');
    await namespace.run('ip', ['link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'lan0']);
    const text = emitNftText(ours()).value ?? '';
    await loadNft(namespace, text);

    const shown = await namespace.run('nft', ['list', 'ruleset']);
    const fromText = importNftText({ name: 'listing', text: shown });
    expect(fromText.diagnostics).toEqual([]);
    expect(fromText.value && emitNftText(fromText.value).value).toBe(text);

    const json = await namespace.run('nft', ['-j', 'list', 'ruleset']);
    const fromJson = importNftJson({ name: 'listing', text: json });
    expect(fromJson.diagnostics).toEqual([]);
    expect(fromJson.value && emitNftText(fromJson.value).value).toBe(withoutComments(text));
  });
});
