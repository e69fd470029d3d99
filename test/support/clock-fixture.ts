// The files in fixtures/clock: a policy, and packets that this host sends to itself one after the other, with the
// verdict of each. They begin right after the rules were loaded.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { beginHistory, nextInHistory } from '../../src/core/trace/history.ts';

const folder = join(import.meta.dirname, '../../fixtures/clock');
const marker = '# ---- packets ----\n';

export interface ClockFixture {
  readonly name: string;
  readonly ruleSet: RuleSet;
  readonly packets: readonly ClockPacket[];
}

interface ClockPacket {
  /** As it stands in the file. */
  readonly line: string;
  readonly injection: Injection;
}

export function clockFixtures(): readonly ClockFixture[] {
  return readdirSync(folder).map((name) => {
    const [text = '', packets = ''] = readFileSync(join(folder, name), 'utf8').split(marker);
    const { value, diagnostics } = loadPolicy({ name, text });
    if (!value) throw new Error(diagnostics.map((one) => `${name}: ${one.message}`).join('\n'));
    return { name, ruleSet: value.ruleSet, packets: packets.split('\n').filter(Boolean).map(packetOf) };
  });
}

function packetOf(line: string): ClockPacket {
  const { value } = parsePacketSpec({ name: 'packet', text: line.replace(/^\S+ /, '') });
  if (!value) throw new Error(`bad packet: ${line}`);
  return { line, injection: value };
}

/** The lines with the verdicts that others gave. */
export function linesWith({ packets }: ClockFixture, verdicts: readonly string[]): readonly string[] {
  return packets.map(({ line }, at) => line.replace(/^\S+/, verdicts[at] ?? 'missing'));
}

/** The verdicts of a simulation; `depends` where it does not know. */
export function simulatedVerdicts({ ruleSet, packets }: ClockFixture): readonly string[] {
  let before = beginHistory();
  return packets.map(({ injection }) => {
    const { traced, history } = nextInHistory({ ruleSet, fresh: true }, before, injection);
    before = history;
    return traced.verdict;
  });
}
