// Applies policies in a namespace, as the commands do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compile } from '../../../src/core/compile.ts';
import { type Applied, type ApplyRequest, apply } from '../../../src/host/apply/apply.ts';
import { type Site, siteIn } from '../../../src/host/apply/site.ts';
import { hookline, type Ran } from '../../cli/support/hookline.ts';
import { policyOf } from '../../support/policy.ts';
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
  const { ruleSet } = policyOf(text);
  return apply(site, {
    loader: 'nft',
    ruleSet,
    texts: { nft: compile(ruleSet, 'nft').value ?? '' },
    text,
    source: { name: 'policy.hook', sha256: '0'.repeat(64) },
    user: 'tester',
    command: ['apply'],
    adopt: false,
    forced: [],
    clock: () => new Date(),
    agreed: async () => true,
    ...words,
  });
}

/** Runs the command on the machine. */
export function hooklineOn({ namespace, state }: Machine, ...args: readonly string[]): Ran {
  return hookline(args, {
    env: { HOOKLINE_STATE: state },
    entry: ['ip', 'netns', 'exec', namespace.name],
  });
}

/** The rules of the machine, without what counts. */
export function rulesOf({ namespace }: Machine): Promise<string> {
  return namespace.run('nft', ['-s', 'list', 'ruleset']);
}
