// Real traffic between the namespaces of a lab. Every socket is opened by a process inside its namespace.
import { fileURLToPath } from 'node:url';
import { start } from '../../../src/host/exec.ts';
import type { LabHost } from '../../../src/host/lab/lab.ts';

export type Transport = 'tcp' | 'udp';

/** How an attempt ended. `denied` is the sender's own kernel refusing to send. */
export type Outcome = 'success' | 'timeout' | 'refused' | 'unreachable' | 'denied';

/** An attempt to reach somebody, and who they took us for: `address:port` as the far side saw it. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly seenAs?: string;
}

/** Where to send, and what from. */
export interface Flow {
  readonly transport: Transport;
  readonly to: string;
  readonly port: number;
  /** Our address; without it, the kernel's choice. */
  readonly from?: string;
  /** Our port; without it, the kernel's choice. */
  readonly fromPort?: number;
  /** Milliseconds without an answer; less than the second after which TCP would send its SYN again. */
  readonly patience?: number;
}

/** Listens until disposed of or until the lab closes, and tells whoever comes what address and port they came from. */
export async function listen(
  namespace: LabHost,
  transport: Transport,
  address: string,
  port: number,
): Promise<AsyncDisposable> {
  const listener = await start(process.execPath, [endpoint, 'listen', transport, address, String(port)], {
    namespace: namespace.name,
  });
  await listener.lines[Symbol.asyncIterator]().next();
  return listener;
}

/** Opens a connection, or sends one datagram; waits for the answer and, with TCP, for the orderly end. */
export async function attempt(namespace: LabHost, flow: Flow): Promise<Attempt> {
  const { transport, to, port, from = '', fromPort = 0, patience = 600 } = flow;
  const words = [transport, to, port, from, fromPort, patience].map(String);
  const output = await namespace.run(process.execPath, [endpoint, 'attempt', ...words]);
  const [outcome = '', seenAs] = output.trim().split(' ');
  if (!isOutcome(outcome)) throw new Error(`the far end of the attempt said \`${output}\``);
  return { outcome, ...(seenAs !== undefined && { seenAs }) };
}

const endpoint = fileURLToPath(new URL('endpoint.ts', import.meta.url));

const outcomes: readonly string[] = [
  'success',
  'timeout',
  'refused',
  'unreachable',
  'denied',
] satisfies Outcome[];

function isOutcome(text: string): text is Outcome {
  return outcomes.includes(text);
}
