// What iptables asks of a packet and what nft is told in its place hold for the same packets: rules are loaded into the
// kernel in both forms, packets with all kinds of headers are sent, and each rule must have counted the same ones in
// both. Where the trace says whether a rule holds, it says what the kernel did. HOOKLINE_PACKETS sets their number.
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { type ConntrackTable, conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Outcome } from '../../src/core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { decodePacket } from '../../src/core/packet/decode.ts';
import { type Packet, protocolNumber } from '../../src/core/packet/packet.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { parseCounters } from '../../src/host/trace/counters.ts';
import { seeded } from '../conformance/random-packets.ts';
import { seed } from '../support/seed.ts';
import { packetMaker } from './support/any-packet.ts';
import { connectionRules, type Family, headerRules } from './support/condition-rules.ts';
import { type DeviceUnderTest, startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const packets = Number(process.env['HOOKLINE_PACKETS'] ?? 150);
const tools = { ip: 'iptables-legacy', ip6: 'ip6tables-legacy' } as const;

describeKernel(
  'iptables and nft hold for the same packets',
  ['nft', 'conntrack', 'unshare', ...Object.values(tools)],
  () => {
    for (const family of ['ip', 'ip6'] as const) {
      test(`headers of ${family}`, () => compareAll(family, headerRules[family]));
      test(`connections of ${family}`, () => compareAll(family, connectionRules[family], true));
    }
  },
);

/** `connected`: histories count, and packets of which the trace does not follow that are left out. */
async function compareAll(family: Family, rules: readonly string[], connected = false): Promise<void> {
  const text = dumpOf(rules);
  const ruleSet = demand(importIptables({ name: 'dump', text }, { family }));
  await using device = startDevice();
  await device.load(counting(demand(compile(ruleSet, 'nft-json'))));
  await device.run(`${tools[family]}-restore`, ['--wait', '20'], text);
  const make = packetMaker(seeded(seed), family === 'ip' ? 4 : 6, !connected);
  const traced = tracer(ruleSet, connected);
  const problems = new Map<string, string>();
  let before = await counts(device, family);
  for (let count = 0; count < packets; count++) {
    const bytes = make();
    await device.send('a0', bytes);
    const after = await counts(device, family);
    const truths = traced(bytes);
    for (const [at, rule] of rules.entries()) {
      const problem = difference(grown(before.iptables, after.iptables, at), {
        nft: grown(before.nft, after.nft, at),
        'the trace': truths[at],
      });
      if (problem !== undefined)
        problems.set(rule, `${rule}: ${problem}: ${Buffer.from(bytes).toString('hex')}`);
    }
    before = after;
  }
  expect([...problems.values()]).toEqual([]);
}

function demand<T>({ value, diagnostics }: Outcome<T>): T {
  if (value === undefined) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

/** What says something else than iptables does; undefined says nothing. */
function difference(holds: boolean, others: Readonly<Record<string, boolean | undefined>>) {
  const wrong = Object.keys(others).filter((name) => others[name] !== undefined && others[name] !== holds);
  return wrong.length > 0 ? `${holds} in iptables, not in ${wrong.join(' and ')}` : undefined;
}

/** Each rule counts what it holds for: its statements are the last key of a line. */
function counting(nftJson: string): string {
  return nftJson.replaceAll(/\]\}\}\}(?=,?$)/gm, ', {"counter": null}]}}}').replaceAll('[, ', '[');
}

/** Rules without a target, which count. */
function dumpOf(rules: readonly string[]): string {
  const lines = rules.map((rule, at) => `-A PREROUTING ${rule} -m comment --comment "rule ${at}"`);
  return ['*mangle', ':PREROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
}

/** Packets by the comment of the rule, which may be several in nft. */
type Counts = ReadonlyMap<string, number>;

async function counts(device: DeviceUnderTest, family: Family): Promise<Record<'iptables' | 'nft', Counts>> {
  const saved = parseCounters(await device.run(`${tools[family]}-save`, ['-c', '-t', 'mangle']));
  const listed = await device.run('nft', ['list', 'table', family, 'mangle']);
  const rules = [...listed.matchAll(/counter packets (\d+) .*comment "(.*?)"/g)];
  return {
    iptables: summed(saved.map((one) => [/--comment "(.*?)"/.exec(one.rule)?.[1] ?? '', one.packets])),
    nft: summed(rules.map(([, count, name = '']) => [name, Number(count)])),
  };
}

function summed(pairs: readonly (readonly [string, number])[]): Counts {
  const sums = new Map<string, number>();
  for (const [name, count] of pairs) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}

function grown(before: Counts, after: Counts, at: number): boolean {
  const name = `rule ${at}`;
  return (after.get(name) ?? 0) > (before.get(name) ?? 0);
}

/** Says of each rule whether it holds for the next packet, as far as the trace knows. */
function tracer(
  ruleSet: RuleSet,
  connected: boolean,
): (bytes: Uint8Array) => readonly (boolean | undefined)[] {
  let connections = conntrackTable();
  const alone = rulesAlone(ruleSet);
  return (bytes) => {
    const { value: packet } = decodePacket(bytes);
    // Of SCTP's associations only the beginning is followed.
    if (!packet || (connected && packet.protocol === protocolNumber.sctp)) return [];
    const truths = alone.map((one) => truthOf(one, packet, connections));
    ({ connections } = traceOf(alone[0] ?? ruleSet, packet, connections));
    return truths;
  };
}

/** A rule set for each rule, so that what is not known of the others does not matter. */
function rulesAlone(ruleSet: RuleSet): readonly RuleSet[] {
  const chains = ruleSet.tables.flatMap((table) => table.chains.map((chain) => ({ table, chain })));
  return chains.flatMap(({ table, chain }) =>
    chain.rules.map((rule) => ({ tables: [{ ...table, chains: [{ ...chain, rules: [rule] }] }] })),
  );
}

function traceOf(ruleSet: RuleSet, packet: Packet, connections: ConntrackTable) {
  return trace({ ruleSet, injection: { packet, direction: 'in', iif: 'a0' }, connections });
}

function truthOf(ruleSet: RuleSet, packet: Packet, connections: ConntrackTable): boolean | undefined {
  const { ways } = traceOf(ruleSet, packet, connections);
  const truths = new Set(ways.map(({ steps }) => steps.some((step) => step.kind === 'rule' && step.matched)));
  return truths.size === 1 ? [...truths][0] : undefined;
}
