// Puts rule sets into a namespace, each the way its own tools do.
import { expect } from 'vitest';
import { type BackEnd, compile } from '../../../src/core/compile.ts';
import type { Policy } from '../../../src/core/ir/policy.ts';
import type { LabHost } from '../../../src/host/lab/lab.ts';
import type { Iptables } from '../../../src/host/trace/counters.ts';
import { createNamespace } from './namespace.ts';

/** Loads nft text, in one transaction. */
export async function loadNft(namespace: LabHost, text: string): Promise<void> {
  await namespace.run('nft', ['-f', '-'], { input: text });
}

/**
 * Loads nft JSON, in one transaction. For JSON, nft opens /dev/stdin anew, which works on a pipe but not on the socket
 * that Node gives its children.
 */
export async function loadNftJson(namespace: LabHost, json: string): Promise<void> {
  await namespace.run('sh', ['-c', 'cat | nft -j -f -'], { input: json });
}

/** Loads what iptables-save wrote. The legacy variant has one lock for all namespaces, for which this waits. */
export async function loadIptables(namespace: LabHost, iptables: Iptables, save: string): Promise<void> {
  const wait = iptables.endsWith('-legacy') ? ['--wait', '20'] : [];
  await namespace.run(`${iptables}-restore`, wait, { input: save });
}

/** Loads what a policy compiles to by all doors of the kernel, each in a namespace of its own. */
export async function loadEverywhere(name: string, policy: Policy): Promise<void> {
  const text = (backEnd: BackEnd): string => compile(policy.ruleSet, backEnd).value ?? '';
  await using namespace = await createNamespace(name);
  await loadNft(namespace, text('nft'));
  await loadNftJson(namespace, text('nft-json'));
  expect(await namespace.run('nft', ['list', 'ruleset'])).not.toBe('');
  for (const variant of ['legacy', 'nft'] as const) {
    await using other = await createNamespace(`${name}-${variant}`);
    await other.run('ipset', ['restore'], { input: text('ipset') });
    await loadIptables(other, `iptables-${variant}`, text('iptables'));
    await loadIptables(other, `ip6tables-${variant}`, text('ip6tables'));
    expect(await other.run(`iptables-${variant}-save`, [])).toMatch(/^\*(filter|mangle)$/m);
  }
}
