// Applies policies in a namespace, as the commands do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compile } from '../../../src/core/compile.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { type Applied, type ApplyRequest, apply } from '../../../src/host/apply/apply.ts';
import { type Site, siteIn } from '../../../src/host/apply/site.ts';
import { hookline, type Ran } from '../../cli/support/hookline.ts';
import type { Namespace } from './namespace.ts';
import { createNamespace } from './namespace.ts';

/** A machine without rules, and where it is noted what is applied there. */
export interface Machine {
  readonly namespace: Namespace;
  readonly site: Site;
  /** For `--state-dir`. */
  readonly state: string;
}

/** A namespace and a folder that are gone after the test. */
export async function createMachine(label: string): Promise<Machine> {
  const namespace = await createNamespace(label);
  const state = mkdtempSync(join(tmpdir(), 'hookline-apply-'));
  onTestFinished(async () => {
    await namespace.close();
    rmSync(state, { recursive: true, force: true });
  });
  return { namespace, state, site: siteIn(state, namespace.name) };
}

/** A policy whose input lets these ports in. */
export function admitting(...ports: readonly number[]): string {
  const rules = ports.map((port) => `    tcp dport ${port} accept\n`).join('');
  return `table inet filter {
  chain input hook input priority filter policy drop {
    ct state { established, related } accept
    iif "lo" accept
${rules}  }
}
`;
}

/** Applies a policy in this process, without the checks of the command. */
export function applyText(site: Site, text: string, words: Partial<ApplyRequest> = {}): Promise<Applied> {
  const { value: policy, diagnostics } = loadPolicy({ name: 'policy.hook', text });
  if (!policy) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const { ruleSet } = policy;
  return apply(site, {
    loader: 'nft',
    ruleSet,
    texts: { nft: compile(ruleSet, 'nft').value ?? '' },
    text,
    source: { name: 'policy.hook', sha256: '0'.repeat(64) },
    user: 'tester',
    command: ['apply'],
    adopt: false,
    clock: () => new Date(),
    agreed: async () => ({ isAgreed: true, forced: [] }),
    ...words,
  });
}

/** Runs the command on the machine. */
export function hooklineOn(
  { namespace, state, env }: Machine & { readonly env?: NodeJS.ProcessEnv },
  ...args: readonly string[]
): Ran {
  return hookline(args, {
    env: { HOOKLINE_STATE: state, ...env },
    entry: ['ip', 'netns', 'exec', namespace.name],
  });
}

/** The machine and somebody beside it, with `wan0` and `far0` between them. */
export async function createNeighbours(label: string): Promise<Machine & { readonly peer: Namespace }> {
  const machine = await createMachine(label);
  const peer = await createNamespace(`${label}-peer`);
  onTestFinished(() => peer.close());
  const { namespace } = machine;
  const link = ['link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'far0', 'netns', peer.name];
  await namespace.run('ip', link);
  for (const [where, device, address] of [
    [namespace, 'wan0', '10.9.0.1/24'],
    [peer, 'far0', '10.9.0.2/24'],
  ] as const) {
    await where.run('ip', ['address', 'add', address, 'dev', device]);
    await where.run('ip', ['link', 'set', device, 'up']);
  }
  return { ...machine, peer };
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** The rules of the machine, without what counts. */
export function rulesOf({ namespace }: Machine): Promise<string> {
  return namespace.run('nft', ['-s', 'list', 'ruleset']);
}
