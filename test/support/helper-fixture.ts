// The files in fixtures/helper: a policy with a host, packets that a helper looks into, what the kernel lists behind them,
// and packets that meet those connections, with what they cause. The simulation begins with what is listed.
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import { resolveExpectations } from '../../src/core/conntrack/dump-expectation.ts';
import type { Entry } from '../../src/core/conntrack/entry.ts';
import { type ConntrackTable, conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { injectionsOf, readWireFixture, type WireFixture } from './wire-fixture.ts';

const marks = ['# ---- helped packets ----\n', '# ---- listed ----\n', '# ---- packets ----\n'] as const;

export interface HelperFixture {
  /** The policy, and the packets behind the listing. */
  readonly wire: WireFixture;
  /** The policy and the packets that are looked into. */
  readonly head: string;
  readonly helped: readonly Injection[];
  readonly listed: string;
}

/** Reads a fixture. */
export function readHelperFixture(name: string, text: string): HelperFixture {
  const [policyText = '', behind = ''] = text.split(marks[0]);
  const [helped = '', listing = ''] = behind.split(marks[1]);
  const [listed = '', written = ''] = listing.split(marks[2]);
  return {
    wire: readWireFixture(name, policyText + marks[2] + written),
    head: policyText + marks[0] + helped,
    helped: injectionsOf(helped.split('\n').filter(Boolean)),
    listed,
  };
}

/** The text of a fixture. */
export function writeHelperFixture(head: string, listed: string, written: string): string {
  return head + marks[1] + listed + marks[2] + written;
}

/** A listing without what changes from run to run: seconds in steps of ten, and no counts of users. */
export function plainListing(text: string): string {
  const lines = text.split('\n').filter(Boolean);
  return lines
    .map((line) => `${plainLine(line)}\n`)
    .toSorted()
    .join('');
}

function plainLine(line: string): string {
  return line
    .replace(/ +/g, ' ')
    .replace(/ use=\d+$/, '')
    .replace(/^(ipv[46] \d+ \w+ \d+ |)(\d+)(?= )/, (_, head: string, seconds: string) => {
      return `${head}${Math.ceil(Number(seconds) / 10) * 10}`;
    });
}

/** The connections that a listing tells, with those that are expected. */
export function tableOfListing(text: string): {
  readonly table: ConntrackTable;
  readonly entries: readonly Entry[];
} {
  const items = [...readConntrack(text.split('\n'))];
  const entries = items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []));
  const listed = items.flatMap((item) => (item.kind === 'expectation' ? [item.expectation] : []));
  const { expectations } = resolveExpectations(entries, listed);
  return { table: conntrackTable(entries, expectations), entries };
}
