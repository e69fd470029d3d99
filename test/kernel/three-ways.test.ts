// The rule that decides about a packet, asked in four ways: the kernel counts it, a trace names it, the classifier finds it,
// and all packets at once end there. HOOKLINE_PACKETS sets how many packets each rule set gets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace } from '../../src/core/analyse/space.ts';
import { walkChain } from '../../src/core/analyse/walk-chain.ts';
import { createClassifier } from '../../src/core/classify/chain/chain-classifier.ts';
import {
  arrivedRun,
  type Classified,
  hookedChain,
  traceChain,
} from '../../src/core/classify/chain/chain-trace.ts';
import type { Arrival } from '../../src/core/classify/chain/columns.ts';
import { compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { decodePacket } from '../../src/core/packet/decode.ts';
import { viewOf } from '../../src/core/trace/run.ts';
import { decidingPolicies } from '../arbitrary/deciding.ts';
import { seeded } from '../conformance/random-packets.ts';
import { seed } from '../support/seed.ts';
import { packetMaker } from './support/any-packet.ts';
import { type DeviceUnderTest, startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const packetsEach = Number(process.env['HOOKLINE_PACKETS'] ?? 40);
const name = { family: 'inet', table: 't', chain: 'first' } as const;

describeKernel('the kernel, a trace, the classifier and all packets at once', ['nft', 'unshare'], () => {
  const texts = fc.sample(
    decidingPolicies.filter((text) => inNft(text) !== undefined),
    { seed, numRuns: 6 },
  );
  for (const [at, text] of texts.entries())
    for (const version of [4, 6] as const)
      test(`agree about rule set ${at + 1} and packets of IPv${version}`, async () => {
        const { ruleSet, json } = inNft(text) ?? { ruleSet: { tables: [] }, json: '' };
        await using device = startDevice();
        await device.load(json);
        const make = packetMaker(seeded(seed + at), version, false);
        const say = sayers(ruleSet);
        let [compared, before] = [0, await counted(device)];
        for (let count = 0; count < packetsEach; count++) {
          const bytes = make();
          await device.send('a0', bytes);
          const after = await counted(device);
          const decided = [...after].flatMap(([rule, packets]) =>
            packets > (before.get(rule) ?? 0) ? [rule] : [],
          );
          before = after;
          const { value: packet } = decodePacket(bytes);
          // What the stack drops before any rule says nothing of rules.
          if (!packet || decided.length === 0) continue;
          compared++;
          const what = `${Buffer.from(bytes).toString('hex')}\n${text}`;
          for (const said of say({ packet, iif: 'a0' })) expect(said, what).toContain(decided.join(' and '));
        }
        expect(compared).toBeGreaterThan(packetsEach / 2);
      });
});

/** Undefined where a rule says what nft refuses: that a packet has two headers of which it has one. */
function inNft(text: string): { readonly ruleSet: RuleSet; readonly json: string } | undefined {
  const ruleSet = loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet;
  const json = ruleSet && compile(ruleSet, 'nft-json').value;
  return ruleSet && json !== undefined ? { ruleSet, json } : undefined;
}

/** How often each rule has counted, by its chain and place among those that count. */
async function counted(device: DeviceUnderTest): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let [chain, index] = ['', 0];
  for (const line of (await device.run('nft', ['list', 'table', 'inet', 't'])).split('\n')) {
    const opened = /^\tchain (\S+)/.exec(line)?.[1];
    if (opened !== undefined) [chain, index] = [opened, 0];
    if (!/^\t\t(?!type )\S/.test(line)) continue;
    index++;
    const packets = /counter packets (\d+)/.exec(line)?.[1];
    if (packets !== undefined) found.set(`${chain} ${index}`, Number(packets));
  }
  return found;
}

/** What each of them says that may have decided. */
function sayers(ruleSet: RuleSet): (arrival: Arrival) => readonly (readonly string[])[] {
  const hooked = hookedChain(ruleSet, name);
  if (!hooked) throw new Error('no base chain');
  const classifier = createClassifier(ruleSet, name);
  const space = createSpace(mentionedNames([ruleSet]));
  const { decided } = walkChain(space, hooked.table, hooked.chain, 1, { hook: hooked.base.hook });
  return (arrival) => {
    const seen = space.seen(viewOf(arrivedRun(ruleSet, hooked, arrival)));
    const ends = decided.filter(({ path }) => space.bdd.intersects(path, seen));
    const exact = [traceChain(ruleSet, name, arrival), classifier?.classifyOne(arrival)].map(shown);
    // Neither names a rule where some header is not read that far.
    const named = exact.filter((one) => one.length > 0);
    return [...named, ends.map(({ place }) => `${place.chain} ${place.index}`)];
  };
}

function shown(one: Classified | undefined): readonly string[] {
  const { deciding } = one ?? {};
  return deciding?.by === 'rule' ? [`${deciding.chain} ${deciding.index}`] : [];
}
