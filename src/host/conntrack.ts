// What the kernel of this machine tracks, as bytes as they come.
import { CommandError, outputOf } from './exec.ts';
import { openBytes } from './files.ts';

/** `conntrack -L` alone lists IPv4 only. */
const families = ['ipv4', 'ipv6'] as const;

/**
 * The connections of both families, as conntrack prints them; as the kernel prints them where there is no conntrack.
 * Throws a CommandError.
 */
export async function* listConnections(): AsyncGenerator<Uint8Array> {
  try {
    for (const family of families) yield* outputOf('conntrack', ['-L', '-f', family, '-o', 'extended,id']);
  } catch (error) {
    if (!(error instanceof CommandError) || error.kind !== 'missing') throw error;
    yield* listByKernel(error);
  }
}

/** Needs no program but CONFIG_NF_CONNTRACK_PROCFS, which not every kernel has: `otherwise` is thrown without it. */
async function* listByKernel(otherwise: CommandError): AsyncGenerator<Uint8Array> {
  try {
    yield* openBytes('/proc/net/nf_conntrack');
  } catch {
    throw otherwise;
  }
}

/**
 * Those that were expected beside others, by the kernel's own account, which only conntrack asks for. Throws a CommandError,
 * of the kind `missing` where there is no conntrack.
 */
export async function* listExpected(): AsyncGenerator<Uint8Array> {
  for (const family of families)
    yield* outputOf('conntrack', ['-L', '-f', family, '-u', 'EXPECTED', '-o', 'extended,id']);
}

/** The connections, and what is expected beside them. Throws a CommandError. */
export async function* listWithExpectations(): AsyncGenerator<Uint8Array> {
  yield* listConnections();
  for (const family of families) yield* outputOf('conntrack', ['-L', 'expect', '-f', family]);
}
