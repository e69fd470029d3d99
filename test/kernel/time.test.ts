// Asks the kernel whether random `time` rules match a packet that comes now, and wants the same from the match.
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PacketView } from '../../src/core/field/view.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import { lookupsOf } from '../../src/core/match/define.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { seed } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { randomFrom } from './support/routing-host.ts';
import { matchingRules } from './support/rule-questions.ts';

const ruleCount = 400;
const device = 'a0';

/** Seconds that the test may take, in which nothing that a rule asks for begins or ends. */
const leeway = 120;

/** Times near now, so that about half of the rules match. */
function randomRule(random: () => number, now: number): string {
  const near = (hours: number) => {
    const away = Math.floor((random() - 0.5) * hours * 3600);
    return new Date((now + away + (away < 0 ? -leeway : leeway)) * 1000).toISOString();
  };
  const time = () => near(20).slice(11, 19);
  const list = (last: number) =>
    [...new Set(Array.from({ length: Math.ceil(last / 2) }, () => 1 + Math.floor(random() * last)))].join(
      ',',
    );
  const [start, stop] = [time(), time()];
  const options = [
    ['--timestart', start, '--timestop', stop, ...(stop < start && random() < 0.5 ? ['--contiguous'] : [])],
    [random() < 0.3 ? '!' : '', '--weekdays', list(7)],
    [random() < 0.3 ? '!' : '', '--monthdays', list(31)],
    ['--datestart', near(2000).slice(0, 19)],
    ['--datestop', near(2000).slice(0, 19)],
  ];
  return options
    .filter(() => random() < 0.4)
    .flat()
    .filter(Boolean)
    .join(' ');
}

/** Now, in seconds; shortly before the day ends, the next one. */
async function timeFarFromMidnight(): Promise<number> {
  const left = 86_400 - ((Date.now() / 1000) % 86_400);
  if (left < leeway) await setTimeout((left + 1) * 1000);
  return Math.floor(Date.now() / 1000);
}

describeKernel('rules that look at the time', ['nft', 'iptables-nft-restore', 'unshare'], () => {
  test(`${ruleCount} of them match now as the kernel says`, { timeout: 2 * leeway * 1000 }, async () => {
    const random = randomFrom(seed);
    const now = await timeFarFromMidnight();
    const rules = Array.from({ length: ruleCount }, () => `-A PREROUTING -m time ${randomRule(random, now)}`);
    const text = ['*mangle', ':PREROUTING ACCEPT [0:0]', ...rules, 'COMMIT', ''].join('\n');
    const { value: packet } = parsePacketSpec({
      name: 'packet',
      text: `in ${device} udp 10.0.0.9:9 -> 10.0.0.1:9`,
    });
    const imported = importIptables({ name: 'dump', text }, { family: 'ip' }).value?.tables[0]?.chains[0]
      ?.rules;
    if (!packet || !imported) throw new Error(text);
    const [matched] = matchingRules({
      devices: [device],
      setup: [`ip link set ${device} up`],
      nft: 'table inet t { chain early { type filter hook prerouting priority -400\nmeta nftrace set 1\n}\n}\n',
      iptables: text,
      packets: [{ device, packet: Buffer.from(encodePacket(packet.packet)).toString('hex') }],
    });
    const view: PacketView = {
      packet: packet.packet,
      hook: 'prerouting',
      iif: device,
      oif: undefined,
      mark: 0,
      skuid: undefined,
      pkttype: 0,
      ct: undefined,
      unknown: {},
      clock: { seconds: Math.floor(Date.now() / 1000) },
    };
    const ours = imported.flatMap(({ parts: [part] }, at) => {
      const truth =
        part?.kind === 'match' &&
        findMatch(part.key)?.evaluate(part.args, { view, ...lookupsOf({ sets: [] }) });
      return truth && truth.result === true ? [rules[at]] : [];
    });
    const kernel = (matched ?? [])
      .filter((rule) => rule.startsWith('mangle '))
      .map((rule) => rules[Number(rule.split(' ')[2])]);
    expect(ours).toEqual(kernel);
    expect(ours.length).toBeGreaterThan(ruleCount / 20);
  });
});
