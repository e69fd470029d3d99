// Brings a topology up as network namespaces on this machine, and takes it down again.

import { createNamespace, type Namespace } from './namespace.ts';
import { commandsFor, type HostCommands, type Topology } from './topology.ts';

/** A network that is up. */
export interface Lab extends AsyncDisposable {
  /** The namespace of a host of the topology; a RangeError for any other name. */
  host(name: string): Namespace;
  /** Removes all of it. */
  close(): Promise<void>;
}

/** Makes the namespaces, links, addresses and routes, and waits until every link carries. Whole or not at all. */
export async function openLab(topology: Topology): Promise<Lab> {
  const namespaces = new Map<string, Namespace>();
  const close = async () => {
    for (const namespace of namespaces.values()) await namespace.close();
  };
  try {
    for (const { name } of topology.hosts) namespaces.set(name, await createNamespace(name));
    await furnish(topology, namespaces);
  } catch (error) {
    await close();
    throw error;
  }
  return { host: (name) => hostOf(namespaces, name), close, [Symbol.asyncDispose]: close };
}

async function furnish(topology: Topology, namespaces: ReadonlyMap<string, Namespace>): Promise<void> {
  const names = new Map([...namespaces].map(([host, { name }]) => [host, name]));
  const commands = commandsFor(topology, names);
  for (const one of commands) await setSysctls(hostOf(namespaces, one.host), one);
  for (const { host, batch } of commands) {
    await hostOf(namespaces, host).run('ip', ['-batch', '-'], { input: lines(batch) });
  }
  for (const { host } of commands) await untilCarrying(hostOf(namespaces, host));
}

/** /proc/sys/net shows the namespace of whoever opens it, so it is a program inside that writes. */
async function setSysctls(namespace: Namespace, { sysctls }: HostCommands): Promise<void> {
  const script = 'set -e; while read -r path value; do echo "$value" > "/proc/sys/$path"; done';
  await namespace.run('sh', ['-c', script], { input: lines(sysctls) });
}

/** A link drops what is sent in the moment between being set up and carrying. */
async function untilCarrying(namespace: Namespace): Promise<void> {
  const deadline = performance.now() + 5000;
  while ((await namespace.run('ip', ['-oneline', 'link', 'show'])).match(/state (DOWN|LOWERLAYERDOWN)/)) {
    if (performance.now() > deadline) throw new Error(`a link of \`${namespace.name}\` does not come up`);
  }
}

function hostOf(namespaces: ReadonlyMap<string, Namespace>, name: string): Namespace {
  const namespace = namespaces.get(name);
  if (namespace === undefined) throw new RangeError(`the lab has no host \`${name}\``);
  return namespace;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}
