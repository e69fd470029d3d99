// Sets and maps keyed by every type that a declaration may name: what we write of them, nft and ipset take.
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { namedTypes } from '../../src/core/datatype/by-name.ts';
import type { DataType } from '../../src/core/datatype/define.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

/** nft wants to know the width of bare numbers from the field that is looked up. */
const withoutWidth = 'integer';

function element(type: DataType, value: bigint): string {
  if (type.name === 'ipv4_addr') return `10.0.0.${value}`;
  if (type.name === 'ipv6_addr') return `2001:db8::${value}`;
  const text = type.name === 'ifname' ? `eth${value}` : type.format(value);
  return type.quoted || type.name === 'ifname' ? `"${text}"` : text;
}

/** Declarations of everything that the type may be a part of. */
function declarations(type: DataType): readonly string[] {
  const { name } = type;
  const [one, two] = [element(type, 1n), element(type, 2n)];
  return [
    `set s : ${name} = { ${one}, ${two} }`,
    `set s : ${name} { timeout 1h; elements = { ${one} timeout 10s, ${two} } }`,
    `set s : ${name} { counter; elements = { ${one}, ${two} } }`,
    `set s : ${name} { size 100; elements = { ${one} comment "x" } }`,
    `set s : ${name} . port = { ${one} . 22, ${two} . 23-25 }`,
    `set s : address . ${name} = { 10.0.0.0/8 . ${one}, 2001:db8::1 . ${two} }`,
    `map s : ${name} -> mark = { ${one} : 1, ${two} : 2 }`,
    `map s : ${name} -> verdict = { ${one} : accept, ${two} : drop }`,
    `map s : address . ${name} -> mark = { 10.0.0.1 . ${one} : 1, 2001:db8::1 . ${two} : 2 }`,
    `map s : port -> ${name} = { 1 : ${one}, 2-3 : ${two} }`,
  ];
}

const loaders = {
  nft: 'nft -c -f -',
  'nft-json': 'cat | nft -c -j -f -',
  ipset: 'ipset restore && ipset destroy',
} as const satisfies Partial<Record<BackEnd, string>>;

/** What a tool says against what was written for it; nothing where we refused to write it, with a reason. */
async function complaint(
  namespace: Namespace,
  declaration: string,
  to: keyof typeof loaders,
): Promise<string> {
  const text = `table inet t {\n  ${declaration}\n}\n`;
  const { value: policy, diagnostics } = loadPolicy({ name: 'policy.hook', text }, 'hook');
  if (!policy) return `${declaration}: ${diagnostics.map(({ message }) => message).join(', ')}`;
  const { value, diagnostics: reasons } = compile(policy.ruleSet, to);
  if (value === undefined) return reasons.length > 0 ? '' : `${declaration}: no reason`;
  return namespace.run('sh', ['-c', loaders[to]], { input: value }).then(
    () => '',
    (error: Error) => `${declaration} as ${to}: ${error.message}`,
  );
}

describeKernel('keys of every type', ['nft', 'ipset'], () => {
  test.each([...namedTypes.keys()].filter((name) => name !== withoutWidth))('%s', async (name) => {
    const type = namedTypes.get(name);
    await using namespace = await createNamespace('key-types');
    const found: string[] = [];
    for (const declaration of type ? declarations(type) : [])
      for (const to of ['nft', 'nft-json', 'ipset'] as const)
        found.push(await complaint(namespace, declaration, to));
    expect(found.filter(Boolean)).toEqual([]);
  });
});
