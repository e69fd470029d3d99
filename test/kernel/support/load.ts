// Puts rule sets into a namespace, each the way its own tools do.
import type { Namespace } from '../../../src/host/lab/namespace.ts';
import type { Iptables } from '../../../src/host/trace/counters.ts';

/** Loads nft text, in one transaction. */
export async function loadNft(namespace: Namespace, text: string): Promise<void> {
  await namespace.run('nft', ['-f', '-'], { input: text });
}

/**
 * Loads nft JSON, in one transaction. For JSON, nft opens /dev/stdin anew, which works on a pipe but not on the socket
 * that Node gives its children.
 */
export async function loadNftJson(namespace: Namespace, json: string): Promise<void> {
  await namespace.run('sh', ['-c', 'cat | nft -j -f -'], { input: json });
}

/** Loads what iptables-save wrote. The legacy variant has one lock for all namespaces, for which this waits. */
export async function loadIptables(namespace: Namespace, iptables: Iptables, save: string): Promise<void> {
  const wait = iptables.endsWith('-legacy') ? ['--wait', '20'] : [];
  await namespace.run(`${iptables}-restore`, wait, { input: save });
}
