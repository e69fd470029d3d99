// The trace says what the kernel does: random policies are loaded into the real kernel, random histories of raw packets
// are sent through it, and the rules that nft's trace names, their verdicts and the packet that leaves must be those of
// the simulation. HOOKLINE_RUNS sets the number of policies.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { decodePacket } from '../../src/core/packet/decode.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import type { Injection, Packet } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { unchangedSets } from '../../src/core/trace/set-state.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { verdictText } from '../../src/core/trace/verdict.ts';
import { hookPackets, hookPolicies } from '../arbitrary/hooks.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { outputPackets, outputPolicies, outputRoutes } from '../arbitrary/output.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';
import {
  type Device,
  type DeviceUnderTest,
  type Listed,
  type Observed,
  ownPacketId,
  startDevice,
} from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const runs = Number(process.env.HOOKLINE_RUNS ?? 60);
const limits = { timeout: 600_000 };

describeKernel('the trace against the kernel', ['nft', 'conntrack', 'unshare'], () => {
  test(`${runs} random policies in iptables' tables`, limits, () => compareMany(policyTexts, packetSpecs));
  test(`${runs} random policies at any hook and priority`, limits, () =>
    compareMany(hookPolicies, hookPackets),
  );
  test(`${runs} random policies for the host's own packets`, limits, () =>
    compareMany(outputPolicies, outputPackets, outputRoutes),
  );
  test(`${runs} random policies in iptables' tables that look up and remember`, limits, () =>
    compareMany(withLookups(policyTexts), packetSpecs),
  );
  test(`${runs} random policies at any hook and priority that look up and remember`, limits, () =>
    compareMany(withLookups(hookPolicies), hookPackets),
  );
  test(`${runs} random policies for the host's own packets that look up and remember`, limits, () =>
    compareMany(withLookups(outputPolicies), outputPackets, outputRoutes),
  );
});

async function compareMany(
  policies: fc.Arbitrary<string>,
  packets: fc.Arbitrary<string>,
  setup: readonly string[] = [],
): Promise<void> {
  await using device = startDevice(setup);
  const histories = fc.array(packets, { minLength: 1, maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(policies, histories, (text, specs) => compare(device, text, specs)),
    { numRuns: runs, interruptAfterTimeLimit: 500_000 },
  );
}

async function compare(device: DeviceUnderTest, text: string, specs: readonly string[]): Promise<void> {
  const { value: policy } = loadPolicy({ name: 'policy.hook', text }, 'hook');
  const compiled = policy && compile(policy.ruleSet, 'nft-json').value;
  if (!policy || compiled === undefined) throw new Error(text);
  const listed = await device.load(compiled);
  let connections = conntrackTable();
  let sets = unchangedSets;
  for (const [at, spec] of specs.entries()) {
    const injection = injectionOf(spec);
    const traced = trace({ ruleSet: policy.ruleSet, host: policy.hosts[0], injection, connections, sets });
    ({ connections, sets } = traced);
    const seen = await device.send(deviceOf(injection), encodePacket(injection.packet));
    const history = specs.slice(0, at + 1).join('\n');
    // A port that the kernel draws by chance can't be foretold, and neither can what meets its connection later.
    const drawn = traced.ways.some((way) => way.unknownParts.length > 0);
    const shown = drawn ? () => 'by chance' : packetText;
    const real = observed(seen, listed, shown);
    const possible = traced.ways.map((way) => simulated(way, shown));
    const [first] = possible;
    expect(`${history}\n${possible.includes(real) ? real : first}`).toBe(`${history}\n${real}`);
    // Later packets meet what the first way left behind.
    if (drawn || traced.ways.length > 1) return;
  }
}

function deviceOf({ direction, iif }: Injection): Device | undefined {
  if (direction === 'out') return undefined;
  return iif === 'b0' ? 'b0' : 'a0';
}

function injectionOf(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(text);
  return { ...value, packet: { ...value.packet, identification: ownPacketId } };
}

type Shown = (packet: Packet) => string;

/** One line for each rule that matched and each policy, then the packet that left. */
function simulated({ steps, fate, out, packet }: Way, shown: Shown): string {
  const lines = steps.flatMap((step) => {
    if (step.kind === 'policy') return [`${step.table} ${step.chain} policy ${step.verdict}`];
    if (step.kind !== 'rule' || !step.matched || !step.verdict) return [];
    const verdict = step.verdict.kind === 'reject' ? 'drop' : verdictText(step.verdict);
    return [`${step.table} ${step.chain} ${step.index} ${verdict}`];
  });
  const left = fate === 'forwarded' || fate === 'sent' ? [`out ${out} ${shown(packet)}`] : [];
  return [...lines, ...left].join('\n');
}

function observed({ events, frames }: Observed, listed: Listed, shown: Shown): string {
  const lines = events.map(({ table, chain, handle, verdict }) => {
    const rules = listed.flatMap(({ rule }) => (rule?.table === table && rule.chain === chain ? [rule] : []));
    const place = handle === undefined ? 'policy' : rules.findIndex((rule) => rule.handle === handle) + 1;
    return `${table} ${chain} ${place} ${verdict}`;
  });
  const left = frames.map(({ device, packet }) => {
    const { value } = decodePacket(Buffer.from(packet, 'hex'));
    return `out ${device} ${value ? shown(value) : packet}`;
  });
  return [...lines, ...left].join('\n');
}

/** What both sides can tell of a packet. */
function packetText(packet: Packet): string {
  const { payload: _payload, link: _link, identification: _identification, ...rest } = packet;
  return formatPacket({ ...rest, fragment: { ...packet.fragment, dontFragment: false } });
}
