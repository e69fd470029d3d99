// What is said to flip an answer does, on another way than the one it was found by: a changed packet is written as a spec
// and traced through what the policy compiles to; a changed rule set is written as a policy and read again. And one change
// of a packet is never missed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { formatInjection } from '../../src/core/packet/format.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import type { TraceRequest } from '../../src/core/trace/run.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { applyEdit } from '../../src/core/why/edit.ts';
import { packetChanges } from '../../src/core/why/packet-changes.ts';
import { type RuleFlip, ruleChanges } from '../../src/core/why/rule-changes.ts';
import { sideOfTrace } from '../../src/core/why/side.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';

const effort = { steps: 20_000, answers: 20 };

function load(text: string, kind: PolicyKind) {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value;
}

function packetOf(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(text);
  return value;
}

function requestOf(text: string, spec: string): TraceRequest {
  const { ruleSet, hosts } = load(text, 'hook');
  return { ruleSet, host: hosts[0], injection: packetOf(spec) };
}

function asNft(ruleSet: RuleSet): RuleSet {
  const { value, diagnostics } = compile(ruleSet, 'nft-json');
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return load(value, 'nft-json').ruleSet;
}

function edited(request: TraceRequest, { edits }: RuleFlip): TraceRequest {
  const start = { ruleSet: request.ruleSet, host: request.host };
  const { ruleSet, host } = edits.reduce((setup, { edit }) => applyEdit(setup, edit), start);
  const { value, diagnostics } = writePolicy(ruleSet, { origin: 'a property' });
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return { ...request, ruleSet: load(value, 'hook').ruleSet, host };
}

test('whatever is printed flips the answer when it is really done', () => {
  let flips = 0;
  fc.assert(
    fc.property(policyTexts, packetSpecs, (text, spec) => {
      const request = requestOf(text, spec);
      const traced = trace(request);
      const before = sideOfTrace(traced);
      if (before === undefined) return;
      const other = before === 'passes' ? 'stops' : 'passes';
      const compiled = { ...request, ruleSet: asNft(request.ruleSet) };
      for (const { injection } of packetChanges(request, traced, effort).flips) {
        const again = trace({ ...compiled, injection: packetOf(formatInjection(injection)) });
        expect(sideOfTrace(again), formatInjection(injection)).toBe(other);
        flips++;
      }
      for (const flip of ruleChanges(request, traced, effort).flips) {
        expect(sideOfTrace(trace(edited(request, flip)))).toBe(other);
        flips++;
      }
    }),
    { numRuns: 50 },
  );
  expect(flips).toBeGreaterThan(20);
});

test('what rules stop they can let pass, unless the stack stops it then', () => {
  fc.assert(
    fc.property(policyTexts, packetSpecs, (text, spec) => {
      const request = requestOf(text, spec);
      const traced = trace(request);
      const [{ reason, deciding }] = traced.ways;
      if (sideOfTrace(traced) === undefined || reason !== undefined || !deciding) return;
      const { flips, obstacle } = ruleChanges(request, traced, effort);
      expect(flips.length > 0 || obstacle !== undefined).toBe(true);
    }),
    { numRuns: 50 },
  );
});

/** Every border of the rules that are drawn, and both its sides. */
const ports = [
  21, 22, 23, 52, 53, 54, 79, 80, 81, 442, 443, 444, 999, 1000, 1499, 1500, 1600, 1601, 2000, 2001,
];
const sources = [
  '10.0.1.2',
  '10.0.1.3',
  '10.0.1.4',
  '10.0.1.77',
  '10.0.2.2',
  '10.0.2.3',
  '10.0.2.9',
  '10.0.2.10',
  '10.0.2.77',
];

/** Packets that differ from one in a single field, by the field's name. */
function neighbours(spec: string): ReadonlyMap<string, readonly string[]> {
  const dport = ports.map((port) => spec.replace(/(-> [\d.]+):\d+/, `$1:${port}`));
  const source = sources
    .map((address) => spec.replace(/(icmp|tcp|udp) [\d.]+/, `$1 ${address}`))
    .filter((one) => !/ ([\d.]+)(:\d+)? -> \1\b/.test(one));
  const iif = ['a0', 'b0'].map((name) => spec.replace(/^in \S+/, `in ${name}`));
  return new Map([
    ['destination port', dport],
    ['source address', source],
    ['input interface', iif],
  ]);
}

test('one change that flips the answer is never missed', () => {
  let found = 0;
  fc.assert(
    fc.property(policyTexts, packetSpecs, (text, spec) => {
      const request = requestOf(text, spec);
      const traced = trace(request);
      const before = sideOfTrace(traced);
      if (before === undefined) return;
      const flips = (one: string): boolean => {
        const again = trace({ ...request, injection: packetOf(one) });
        const side = sideOfTrace(again);
        return (
          side !== undefined && side !== before && again.ways.every(({ reason }) => reason === undefined)
        );
      };
      const fields = packetChanges(request, traced, { steps: 1_000_000, answers: 20 })
        .flips.filter(({ changes }) => changes.length === 1)
        .map(({ changes }) => changes[0]?.field);
      for (const [field, specs] of neighbours(spec)) {
        const flip = specs.find(flips);
        if (flip === undefined) continue;
        expect(fields, flip).toContain(field);
        found++;
      }
    }),
    { numRuns: 50 },
  );
  expect(found).toBeGreaterThan(0);
});
