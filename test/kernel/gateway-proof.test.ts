// The main job, judged by the kernel: the example is compiled, loaded in each of the three ways into the gateway of a
// real network, and used. The ways of packets, their translations and the connections must be those foretold.
import { beforeAll, describe, expect, test } from 'vitest';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import { checkerOf } from '../../src/core/conntrack-check/check.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { run } from '../../src/host/exec.ts';
import { folderWith, hookline } from '../cli/support/hookline.ts';
import { collision, deeds, gatewayHost, injectionOf, policy, policyText } from './support/example.ts';
import {
  connectionOf,
  deciderOf,
  entriesOf,
  foretold,
  inPolicy,
  sourceOf,
  tuplesOf,
} from './support/foretold.ts';
import { observed, type Recording, record } from './support/recording.ts';
import { describeKernel } from './support/require.ts';
import { countedPlaces, observedLines, placeCounts, simulatedLines } from './support/steps.ts';
import { variants } from './support/variants.ts';

const iptables = ['iptables-legacy', 'ip6tables-legacy', 'iptables-nft', 'ip6tables-nft'];
const successes = deeds.filter(({ outcome }) => outcome === 'success');

/**
 * Where the reset is counted: it is the gateway's own packet, in a connection that nobody has given a source
 * translation yet (net/ipv4/netfilter/nf_reject_ipv4.c: nf_send_reset).
 */
const placesOfReset = ['filter OUTPUT policy', 'nat POSTROUTING policy'];

/** Policies that differ from the one that is loaded, and the connections that they do not explain. */
const changes = [
  {
    name: 'without the published web server',
    from: /\n.* dnat to .*/,
    to: '',
    found: ['dport=8080 stale drift'],
  },
  {
    name: 'without the web for the desks',
    from: /\n.*dport smtp reject.*/,
    to: '$&\n tcp dport https drop',
    found: ['dport=443 stale unknown', 'dport=443 stale unknown'],
  },
  {
    name: 'with another public address',
    from: 'masquerade',
    to: 'snat to 203.0.113.9',
    found: ['dport=443 admitted drift', 'dport=443 admitted drift'],
  },
];

describeKernel('the example', ['nft', 'conntrack', 'ipset', ...iptables], () => {
  describe.each(variants)('through $name', (variant) => {
    let recording: Recording;
    beforeAll(async () => {
      recording = await record(variant);
    });

    test.each(deeds)('$name: $outcome', (deed) => {
      const [first] = foretold(policy.ruleSet, deed);
      const { outcome, seenAs, by } = deed;
      expect(observed(recording, deed).attempt).toEqual({ outcome, ...(seenAs !== undefined && { seenAs }) });
      expect(deciderOf(first)).toEqual(by);
      if (seenAs !== undefined) expect(sourceOf(first)).toBe(seenAs);
    });

    if (variant.traced)
      test.each(deeds)('$name: the rules and verdicts that nft monitor trace tells', (deed) => {
        const ways = foretold(recording.listed, deed).map(simulatedLines);
        const { packets } = observed(recording, deed);
        const lines = packets.map((packet) => observedLines(packet, recording.rules));
        const later = lines.slice(ways.length);
        expect(lines.slice(0, ways.length)).toEqual(ways);
        // The rest of a conversation goes the ways of its beginning; else there is nothing but the reset.
        if (deed.outcome === 'success') expect(ways.slice(1)).toEqual(expect.arrayContaining(later));
        else expect(later).toHaveLength(deed.outcome === 'refused' ? 1 : 0);
        if (variant.isOneForOne) expect(foretold(policy.ruleSet, deed).map(simulatedLines)).toEqual(ways);
      });

    if (variant.counters)
      test.each(deeds)('$name: the rules that count', (deed) => {
        const [first, ...later] = foretold(recording.listed, deed);
        const once = countedPlaces(first);
        const ofReset = deed.outcome === 'refused' ? placesOfReset : [];
        const often = new Set([...later.flatMap(countedPlaces), ...ofReset]);
        const counts = placeCounts(observed(recording, deed).counters);
        expect(new Set(counts.keys())).toEqual(new Set([...once, ...often]));
        for (const place of once.filter((one) => !often.has(one)))
          expect([place, counts.get(place)]).toEqual([place, 1]);
      });

    test('a port that is taken is replaced, and which one takes its place is not pretended to be known', () => {
      const connections = conntrackTable(entriesOf(recording.conntrack).filter(isForetold));
      const injection = injectionOf(collision);
      const [way] = trace({ ruleSet: policy.ruleSet, host: gatewayHost, injection, connections }).ways;
      expect(way.unknownParts).toEqual([expect.stringMatching(/^sport: /)]);
      expect(sourceOf(way)).toMatch(/^203\.0\.113\.1:/);
      expect(recording.collision).toEqual({
        outcome: 'success',
        seenAs: expect.stringMatching(/^203\.0\.113\.1:(?!51000$)[1-9]\d{3,4}$/),
      });
    });

    test('every connection is admitted by its rule and translated as foretold', () => {
      const check = checkerOf(policy.ruleSet, gatewayHost);
      const found = entriesOf(recording.conntrack).map((entry) => {
        const { admission, translation, ...rest } = check(entry);
        return [tuplesOf(entry), admission, deciderOf(rest), translation.verdict];
      });
      const expected = successes.map((deed) => {
        const [first] = foretold(policy.ruleSet, deed);
        return [tuplesOf(connectionOf(first)), 'admitted', deed.by, 'as-ruled'];
      });
      const another = [
        expect.stringMatching(/^src=10\.0\.0\.20 /),
        'admitted',
        'outbound: accept',
        'as-ruled',
      ];
      expect(found).toHaveLength(expected.length + 1);
      expect(found).toEqual(expect.arrayContaining([...expected, another]));
    });

    test('hookline conntrack check names the rule of each', () => {
      const { status, rows } = conntrackCheck(policyText, recording.conntrack);
      const named = rows.map(({ deciding }) => inPolicy(deciding.chain, deciding.source?.line));
      expect(named.toSorted()).toEqual([...successes.map(({ by }) => by), 'outbound: accept'].toSorted());
      expect(status).toBe(0);
    });

    test.each(changes)('hookline conntrack check with a policy $name', ({ from, to, found }) => {
      const { status, rows } = conntrackCheck(policyText.replace(from, to), recording.conntrack);
      const unexplained = rows.filter(
        (row) => row.admission !== 'admitted' || row.translation !== 'as-ruled',
      );
      expect(unexplained.map(inShort)).toEqual(found);
      expect(status).toBe(1);
    });
  });

  test('no network is left behind, not even by what fails', async () => {
    const broken = { ...variants[0], load: () => Promise.reject(new Error('the rules are refused')) };
    await expect(record(broken)).rejects.toThrow('the rules are refused');
    expect(await run('ip', ['netns', 'list'])).not.toContain(`hookline-${process.pid}-`);
  });
});

/** Whether it is a connection of one of the deeds. */
function isForetold({ original }: { original: { readonly source: bigint } }): boolean {
  return original.source !== injectionOf(collision).packet.source;
}

/** What is read of the lines of `hookline conntrack check --json`. */
interface Row {
  readonly entry: string;
  readonly admission: string;
  readonly translation: string;
  readonly deciding: { readonly chain: string; readonly source?: { readonly line: number } };
}

function inShort({ entry, admission, translation }: Row): string {
  return `${/dport=\d+/.exec(entry)?.[0]} ${admission} ${translation}`;
}

/** Runs the command; the last line, which sums up, is left out. */
function conntrackCheck(
  policyOfToday: string,
  listing: string,
): { status: number | null; rows: readonly Row[] } {
  const cwd = folderWith({ 'policy.hook': policyOfToday, 'conntrack.txt': listing });
  const { status, stdout } = hookline(['conntrack', 'check', 'policy.hook', 'conntrack.txt', '--json'], {
    cwd,
  });
  const rows: readonly Row[] = stdout
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  return { status, rows };
}
