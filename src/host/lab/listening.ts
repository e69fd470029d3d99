// The ports that programs of hosts listen on, taken for real by one program for a whole lab.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { formatAddress } from '../../core/datatype/address.ts';
import type { Listener } from '../../core/topology/host.ts';
import { CommandError, type RunOptions } from '../exec.ts';
import type { PlannedHost } from './plan.ts';
import { programOfLab } from './program.ts';

/** Where it listens, and on what. */
export interface ListeningHost {
  readonly namespace: string;
  /** All of the host. */
  readonly addresses: readonly string[];
  readonly listeners: readonly Listener[];
}

/** Listens until the lab is removed; nothing where no host says what it listens on. Throws a {@link CommandError}. */
export async function listenIn(
  hosts: readonly PlannedHost[],
  { entry = [], env }: Pick<RunOptions, 'entry' | 'env'>,
): Promise<void> {
  const listening = hosts.flatMap(listeningHost);
  if (listening.length === 0) return;
  const [file, ...args] = programOfLab('listener', entry);
  const child = spawn(file, args, {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdin.end(JSON.stringify(listening));
  const isReady = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'close').then(() => false),
  ]);
  if (!isReady)
    throw new CommandError('failure', [file, ...args], child.exitCode ?? undefined, complaint.trim());
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
}

function listeningHost({ namespace, host }: PlannedHost): readonly ListeningHost[] {
  if (!host.listening?.length) return [];
  const addresses = host.interfaces.flatMap((one) =>
    one.addresses.map(({ address }) => formatAddress(address)),
  );
  return [{ namespace, addresses: [...new Set(addresses)], listeners: host.listening }];
}
