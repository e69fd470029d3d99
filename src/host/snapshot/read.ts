// Reads this machine into a snapshot: each part by the tool that prints it. What can't be read is said, with the reason.
import { hostname, release } from 'node:os';
import { type PartName, partNames, snapshotParts } from '../../core/snapshot/parts.ts';
import { type MissingPart, type Snapshot, snapshotFormat } from '../../core/snapshot/snapshot.ts';
import { isKnownSysctl } from '../../core/sysctl/table.ts';
import { CommandError, type RunOptions, run, trustedPath } from '../exec.ts';

/** What is read. */
export interface LiveOptions {
  /** The network namespace by the name that `ip netns` knows; that of this process if absent. */
  readonly namespace?: string | undefined;
  /** Connections, too: they may be very many. */
  readonly conntrack?: boolean | undefined;
  /** Only these parts, and not those that are for the whole of a snapshot. */
  readonly only?: readonly PartName[] | undefined;
}

/** One part: its text, or why there is none; undefined where the machine does not have such a thing. */
type Read = { readonly text: string } | Omit<MissingPart, 'part'> | undefined;

/** Longer than any machine under load takes for a hundred thousand rules. */
const timeoutMs = 120_000;

/** Reads the machine as it is now. Never throws for what can't be read: that is among `missing`. */
export async function readLive(options: LiveOptions = {}): Promise<Snapshot> {
  const place: RunOptions = {
    namespace: options.namespace,
    timeoutMs,
    env: { PATH: trustedPath },
  };
  const wanted = (options.only ?? partNames).filter((part) => part !== 'conntrack' || options.conntrack);
  const parts: Partial<Record<PartName, string>> = {};
  const missing: MissingPart[] = [];
  const takenAt = new Date().toISOString();
  // One after the other: the tools ask the same kernel.
  for (const part of wanted) {
    const read = await readPart(part, place);
    if (read && 'text' in read) parts[part] = read.text;
    else if (read) missing.push({ part, ...read });
  }
  const machine = { hostname: hostname(), kernel: release(), tools: await toolVersions(place) };
  return { format: snapshotFormat, version: 1, takenAt, machine, parts, missing };
}

type ReadPart = (place: RunOptions) => Promise<Read>;

/** Parts that are more than the output of their command. */
const readers: Partial<Readonly<Record<PartName, ReadPart>>> = {
  'nft-hooks': async (place) => {
    const read = await readPrinted('nft-hooks', place);
    return read && 'text' in read && read.text.trim() === '' ? undefined : read;
  },
  'iptables-nft': (place) => readCompat('iptables-nft', place),
  'ip6tables-nft': (place) => readCompat('ip6tables-nft', place),
  'iptables-legacy': (place) => readLegacy('iptables', place),
  'ip6tables-legacy': (place) => readLegacy('ip6tables', place),
  ipset: async (place) => {
    const read = await readPrinted('ipset', place);
    return isMissingFor(read, 'not-installed') ? undefined : read;
  },
  'routing-tables': async (place) => {
    const read = await readPrinted('routing-tables', place, ['cat', '/etc/iproute2/rt_tables']);
    return isMissingFor(read, 'failed') ? undefined : read;
  },
  sysctls: async (place) => {
    const read = await readPrinted('sysctls', place, ['sysctl', '-a', '--pattern', '^net\\.']);
    return read && 'text' in read ? { text: knownSysctls(read.text) } : read;
  },
  conntrack: async (place) => {
    const texts: string[] = [];
    for (const command of conntrackCommands) {
      const read = await readPrinted('conntrack', place, command);
      if (!read || !('text' in read)) return read;
      texts.push(read.text);
    }
    return { text: texts.join('') };
  },
};

/** The connections, and what is expected beside them. */
const conntrackCommands = [[], ['expect']].flatMap((what) =>
  ['ipv4', 'ipv6'].map((family) => ['conntrack', '-L', ...what, '-f', family, '-o', 'extended,id']),
);

function readPart(part: PartName, place: RunOptions): Promise<Read> {
  return readers[part]?.(place) ?? readPrinted(part, place);
}

async function readPrinted(
  part: PartName,
  place: RunOptions,
  command: readonly string[] = snapshotParts[part].command,
): Promise<Read> {
  const [program = '', ...args] = command;
  try {
    return { text: await run(program, args, place) };
  } catch (error) {
    if (error instanceof CommandError) return reasonOf(error);
    throw error;
  }
}

const reasons = {
  missing: 'not-installed',
  permission: 'permission',
  timeout: 'timeout',
  failure: 'failed',
} as const satisfies Readonly<Record<CommandError['kind'], MissingPart['reason']>>;

function reasonOf({ kind, message }: CommandError): Omit<MissingPart, 'part'> {
  const [first = ''] = message.split('\n');
  return { reason: reasons[kind], message: first };
}

function isMissingFor(read: Read, reason: MissingPart['reason']): boolean {
  return read !== undefined && 'reason' in read && read.reason === reason;
}

/** Without the program there may still be its rules: then those stay as nft lists them. */
async function readCompat(part: 'iptables-nft' | 'ip6tables-nft', place: RunOptions): Promise<Read> {
  const read = await readPrinted(part, place);
  return isMissingFor(read, 'not-installed') ? undefined : read;
}

/**
 * The kernel names the tables that there are to root alone. Without any, the program is not run: it would not find one,
 * and machines without it have none.
 */
async function readLegacy(program: 'iptables' | 'ip6tables', place: RunOptions): Promise<Read> {
  const part = `${program}-legacy` as const;
  const proc = program === 'iptables' ? 'ip_tables_names' : 'ip6_tables_names';
  const names = await readPrinted(part, place, ['cat', `/proc/net/${proc}`]);
  if (isMissingFor(names, 'failed')) return { text: '' };
  if (names && 'text' in names && names.text.trim() === '') return { text: '' };
  if (isMissingFor(names, 'permission')) return names;
  const read = await readPrinted(part, place);
  return isMissingFor(read, 'not-installed') ? readPlain(program, part, place) : read;
}

/** Where the program has only one variant it has no name of its own. */
async function readPlain(
  program: 'iptables' | 'ip6tables',
  part: 'iptables-legacy' | 'ip6tables-legacy',
  place: RunOptions,
): Promise<Read> {
  const version = await readPrinted(part, place, [program, '--version']);
  const isNft = version && 'text' in version && version.text.includes('nf_tables');
  if (!isNft) return readPrinted(part, place, [`${program}-save`, '-c']);
  return { reason: 'not-installed', message: `\`${part}-save\` is not installed, and there are such rules` };
}

/** Those that a packet may depend on; the others are of no use, and one of them is a secret. */
function knownSysctls(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => isKnownSysctl(line.slice(0, line.indexOf(' = '))))
    .join('');
}

const versions: Readonly<Record<string, readonly string[]>> = {
  nft: ['--version'],
  iptables: ['--version'],
  ip: ['-V'],
  ipset: ['--version'],
  conntrack: ['--version'],
};

async function toolVersions(place: RunOptions): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    Object.entries(versions).map(async ([program, args]) => {
      try {
        const [first = ''] = (await run(program, args, place)).split('\n');
        return [[program, first.trim()] as const];
      } catch (error) {
        if (error instanceof CommandError) return [];
        throw error;
      }
    }),
  );
  return Object.fromEntries(found.flat());
}
