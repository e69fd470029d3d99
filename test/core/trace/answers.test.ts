// What is not known of an answer's way must not hide what becomes of the packet that it answers.
import { expect, test } from 'vitest';
import { loadPolicy } from '../../../src/core/load.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { trace } from '../../../src/core/trace/trace.ts';

const unknowns = Array.from({ length: 10 }, (_, at) => `    iptables match "-m frob --knob ${at}" drop`);
const policy = `table ip filter {
  chain INPUT { udp dport 53 reject }
  chain OUTPUT {
${unknowns.join('\n')}
  }
}

host gw {
  interface "lan0" { address 10.0.0.1/24 }
}
`;

test('a packet is rejected whatever becomes of the answer', () => {
  const { value: loaded } = loadPolicy({ name: 'policy.hook', text: policy });
  const { value: injection } = parsePacketSpec({
    name: 'packet',
    text: 'in lan0 udp 10.0.0.5:4000 -> 10.0.0.1:53',
  });
  if (!loaded || !injection) throw new Error('bad input');
  const traced = trace({ ruleSet: loaded.ruleSet, host: loaded.hosts[0], injection });
  expect(traced).toMatchObject({ verdict: 'reject', fate: 'rejected', complete: true });
  expect(traced.ways.some(({ answers }) => answers.length === 1)).toBe(true);
});
