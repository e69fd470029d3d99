// What flips an answer on one branch of a history and not on another is no answer.
import { expect, test } from 'vitest';
import type { Injection } from '../../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { beginHistory, nextInHistory, requestAt } from '../../../src/core/trace/history.ts';
import { explainOnBranches } from '../../../src/core/why/on-branches.ts';
import { spellEdit } from '../../../src/core/why/spell-edit.ts';
import { policyOf } from '../../support/policy.ts';

/** Whether the first packet adds its source to the set is not known: who sent it is not. */
const { ruleSet } = policyOf(`table ip filter {
  set seen : ipv4_addr { flags dynamic; size 10 }
  chain OUTPUT {
    udp dport 1 meta skuid 7 add @seen { ip saddr }
    udp dport { 2, 3 } ip saddr @seen drop
    udp dport 2 drop
  }
}
`);

function packet(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(text);
  return value;
}

test('only what flips the answer on every branch is left', () => {
  const { history } = nextInHistory({ ruleSet }, beginHistory(), packet('out udp 10.0.0.1:5 -> 10.0.0.2:1'));
  const [first, second] = history.branches.map((branch) =>
    requestAt({ ruleSet }, branch, packet('out udp 10.0.0.1:5 -> 10.0.0.2:2'), history.now),
  );
  if (!first || !second) throw new Error('there are two branches');
  const edits = [[first], [second], [first, second]].map(([one = first, ...others]) => {
    const why = explainOnBranches([one, ...others]);
    const flips = why?.kind === 'full' ? why.rules.flips : [];
    return flips.map((flip) => flip.edits.map((edit) => spellEdit(edit).text));
  });
  expect(edits).toMatchInlineSnapshot(`
    [
      [
        [
          "before rule 2 of ip filter OUTPUT",
        ],
        [
          "rule 2 of ip filter OUTPUT",
        ],
      ],
      [
        [
          "before rule 3 of ip filter OUTPUT",
        ],
        [
          "rule 3 of ip filter OUTPUT",
        ],
        [
          "without rule 3 of ip filter OUTPUT",
        ],
      ],
      [
        [
          "before rule 2 of ip filter OUTPUT",
        ],
      ],
    ]
  `);
});
