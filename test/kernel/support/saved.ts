// Rules and sets through iptables' and ipset's own tools, in a namespace of their own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `iptables-nft` and the like. */
export interface Variant {
  readonly family: 'ip' | 'ip6';
  readonly tool: string;
}

/** The tools of both families, in both variants. */
export const variants: readonly Variant[] = (['ip', 'ip6'] as const).flatMap((family) =>
  ['legacy', 'nft'].map((kind) => ({ family, tool: `${family}tables-${kind}` })),
);

/** Runs a shell script in a namespace of its own, with variables that name files of the texts; the result is what it prints. */
export function runAlone(script: string, texts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-'));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const env = Object.fromEntries(Object.keys(texts).map((name) => [name, join(folder, name)]));
    const result = spawnSync('unshare', ['-n', 'sh', '-ec', script], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (result.status !== 0) throw result.error ?? new Error(result.stderr);
    return result.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads sets and rules twice, and saves. The legacy variant has one lock for all namespaces. */
export function loadAndSave({ tool }: Variant, rules: string, sets: string): string {
  const wait = tool.endsWith('legacy') ? '--wait 20' : '';
  const load = `cat "$SETS" | ipset restore
    cat "$RULES" | ${tool}-restore ${wait} --test
    cat "$RULES" | ${tool}-restore ${wait}`;
  return runAlone(`${load}\n${load}\n${tool}-save`, { RULES: rules, SETS: sets });
}

/** The lines of each table, without counters and remarks; the legacy variant prints tables in another order. */
export function tablesOf(save: string): ReadonlyMap<string, string> {
  const plain = save.replaceAll(/^#.*\n/gm, '').replaceAll(/\[\d+:\d+\]/g, '[0:0]');
  const blocks = plain.split(/(?<=^COMMIT\n)/m).filter((block) => block.startsWith('*'));
  return new Map(blocks.map((block) => [block.slice(1, block.indexOf('\n')), block] as const));
}
