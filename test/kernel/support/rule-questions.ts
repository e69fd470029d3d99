// A host with tap devices that is asked which of its rules match each of many received packets. Imported it asks; run
// inside a network namespace it is the host: one JSON object on its standard input, the answer on its standard output.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inject, openTap, openTraceSocket, receivedMessages } from '../../../src/host/kernel/libc.ts';
import { traceEvents } from '../../../src/host/kernel/trace-events.ts';

/** What is asked; rules are told apart by their place in their chain. */
export interface Asked {
  readonly devices: readonly string[];
  /** Shell lines, run in order before the packets come. */
  readonly setup: readonly string[];
  /** Texts for `nft -f`, `iptables-nft-restore` and `ip6tables-nft-restore`. */
  readonly nft: string;
  readonly iptables?: string;
  readonly ip6tables?: string;
  /** Without their Ethernet header, as hexadecimal digits. */
  readonly packets: readonly { readonly device: string; readonly packet: string }[];
}

/** For each packet `TABLE CHAIN PLACE` of every rule that matched, places from 0. */
export type Answers = readonly (readonly string[])[];

/** Runs a host in a namespace of its own. */
export function matchingRules(asked: Asked): Answers {
  const run = spawnSync('unshare', ['-n', process.execPath, import.meta.filename], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

const mac = '020000000001';

function serve({ devices, setup, nft, iptables, ip6tables, packets }: Asked): Answers {
  const taps = new Map(devices.map((name) => [name, openTap(name)]));
  const addresses = devices.map(
    (name) => `ip link set ${name} address ${mac.replace(/..(?!$)/g, '$&:')} txqueuelen 10000`,
  );
  execFileSync('sh', ['-e'], { input: [...addresses, ...setup].join('\n') });
  execFileSync('nft', ['-f', '-'], { input: nft });
  if (iptables !== undefined) execFileSync('iptables-nft-restore', { input: iptables });
  if (ip6tables !== undefined) execFileSync('ip6tables-nft-restore', { input: ip6tables });
  const places = placesOfRules();
  const placeOf = (rule: string, family: string) =>
    places.get(`inet ${rule}`) ?? places.get(`${family} ${rule}`) ?? [];
  const socket = openTraceSocket();
  return packets.map(({ device, packet }) => {
    receivedMessages(socket);
    const protocol = packet.startsWith('6') ? '86dd' : '0800';
    inject(taps.get(device) ?? -1, Buffer.from(`${mac}0200000000ff${protocol}${packet}`, 'hex'));
    return traceEvents(receivedMessages(socket)).flatMap(({ handle, table, chain }) =>
      handle === undefined
        ? []
        : placeOf(`${table} ${chain} ${handle}`, packet.startsWith('6') ? 'ip6' : 'ip'),
    );
  });
}

/** Places by family, table, chain and handle. */
function placesOfRules(): ReadonlyMap<string, string> {
  const { nftables } = JSON.parse(execFileSync('nft', ['-j', 'list', 'ruleset'], { encoding: 'utf8' }));
  const counts = new Map<string, number>();
  const listed: readonly { rule?: { family: string; table: string; chain: string; handle: number } }[] =
    nftables;
  return new Map(
    listed.flatMap(({ rule }) => {
      if (!rule) return [];
      const chain = `${rule.table} ${rule.chain}`;
      const counted = `${rule.family} ${chain}`;
      const place = counts.get(counted) ?? 0;
      counts.set(counted, place + 1);
      return [[`${counted} ${rule.handle}`, `${chain} ${place}`]];
    }),
  );
}

if (import.meta.main) process.stdout.write(JSON.stringify(serve(JSON.parse(readFileSync(0, 'utf8')))));
