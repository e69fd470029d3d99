// What a rule becomes in iptables does exactly what the rule does: the same questions to stateful conditions, the same
// actions, in the same order, and the same way out of the chain.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRule } from '../../../src/core/iptables/compile-rule.ts';
import type { Piece } from '../../../src/core/iptables/conjunction.ts';
import type { Action, Condition, Item } from '../../../src/core/iptables/item.ts';
import { addChain, type OutputTable } from '../../../src/core/iptables/program.ts';

/** What the packet is; modules answer differently after a change. */
interface Packet {
  readonly i: string;
  readonly p: string;
  readonly before: readonly boolean[];
  readonly after: readonly boolean[];
}

const own = fc.record({
  letter: fc.constantFrom('i' as const, 'p' as const),
  value: fc.constantFrom('icmp', 'tcp', 'udp'),
  negated: fc.boolean(),
});
const ownPiece = own.map(
  ({ letter, value, negated }): Piece => ({
    own: letter,
    words: [...(negated ? ['!'] : []), `-${letter}`, value],
  }),
);
const modulePiece = fc.nat(3).map((number): Piece => ({ words: ['-m', `c${number}`] }));
/** Options that contradict each other in one alternative are refused before. */
const alternative = fc.oneof(
  ownPiece.map((piece) => [piece]),
  modulePiece.map((piece) => [piece]),
  fc.tuple(ownPiece, modulePiece).map((pieces) => pieces),
);
const stateless = fc.record({
  kind: fc.constantFrom('any' as const, 'none' as const),
  alternatives: fc.array(alternative, { minLength: 1, maxLength: 3 }),
  stateful: fc.constant(false),
});
const stateful = fc.nat(3).map(
  (number): Condition => ({
    kind: 'any',
    alternatives: [[{ words: ['-m', `s${number}`] }]],
    stateful: true,
  }),
);

const plain = { ends: false, leaves: false, changes: false } as const;
const actions: readonly Action[] = [
  { kind: 'action', target: '-j LOG', ...plain },
  { kind: 'action', target: '-j MARK', ...plain, changes: true },
];
const lastActions: readonly Action[] = [
  ...actions,
  { kind: 'action', target: '-j ACCEPT', ...plain, ends: true },
  { kind: 'action', target: '-j RETURN', ...plain, ends: true, leaves: true },
  { kind: 'action', target: '-j elsewhere', ...plain, changes: true },
  { kind: 'action', target: '-g elsewhere', ...plain, ends: true, leaves: true },
];
const condition: fc.Arbitrary<Item> = fc.oneof({ weight: 3, arbitrary: stateless }, stateful);
const rule = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: condition }, fc.constantFrom(...actions)), { maxLength: 4 }),
    fc.option(fc.constantFrom(...lastActions)),
  )
  .map(([items, last]): readonly Item[] => (last ? [...items, last] : items));
const bits = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
const packet: fc.Arbitrary<Packet> = fc.record({
  i: fc.constantFrom('icmp', 'tcp', 'udp'),
  p: fc.constantFrom('icmp', 'tcp', 'udp'),
  before: bits,
  after: bits,
});

/** One run: what happened, and whether a change was made. */
class Run {
  readonly events: string[] = [];
  changed = false;
  readonly packet: Packet;

  constructor(given: Packet) {
    this.packet = given;
  }

  holds(words: readonly string[]): boolean {
    if (words[0] === '!') return !this.holds(words.slice(1));
    const [option, value = ''] = words;
    if (option === '-i') return this.packet.i === value;
    if (option === '-p') return this.packet.p === value;
    const answers = this.changed ? this.packet.after : this.packet.before;
    // A stateful condition is worth less each time it is asked.
    if (value.startsWith('s')) {
      this.events.push(`ask ${value}`);
      return this.events.filter((event) => event === `ask ${value}`).length <= 1 + Number(value[1]);
    }
    return answers[Number(value[1])] ?? false;
  }

  act(target: string): void {
    if (target !== '-g elsewhere' && target !== '-j RETURN') this.events.push(target);
    if (target === '-j MARK' || target === '-j elsewhere') this.changed = true;
  }
}

type Way = 'next' | 'accept' | 'return' | 'elsewhere';

function expected(rules: readonly (readonly Item[])[], run: Run): Way {
  for (const items of rules) {
    const way = evaluate(items, run);
    if (way !== 'next') return way;
  }
  return 'return';
}

function evaluate(items: readonly Item[], run: Run): Way {
  for (const item of items) {
    if (item.kind !== 'action') {
      const any = item.alternatives.some((pieces) => pieces.every(({ words }) => run.holds(words)));
      if (any !== (item.kind === 'any')) return 'next';
      continue;
    }
    run.act(item.target);
    if (item.target === '-j ACCEPT') return 'accept';
    if (item.target === '-j RETURN') return 'return';
    if (item.target === '-g elsewhere') return 'elsewhere';
  }
  return 'next';
}

/** ipt_do_table: a jump comes back, a goto does not. `elsewhere` changes the packet and returns. */
function execute(table: OutputTable, name: string, run: Run): Way {
  const chain = table.chains.find((one) => one.name === name);
  for (const { text } of chain?.lines ?? []) {
    const [, conditions = '', target = ''] = /^(.*?) ?(-[jg] \S+)?$/.exec(text) ?? [];
    const groups = [...conditions.matchAll(/(?:! )?-[ipm] \S+/g)].map(([words]) => words.split(' '));
    if (!groups.every((words) => run.holds(words))) continue;
    const [flag, to = ''] = target.split(' ');
    if (target === '') continue;
    if (table.chains.some((one) => one.name === to)) {
      const way = execute(table, to, run);
      if (flag === '-g' || way !== 'return') return way;
      continue;
    }
    run.act(target);
    if (to === 'ACCEPT') return 'accept';
    if (to === 'RETURN') return 'return';
    if (flag === '-g') return 'elsewhere';
  }
  return 'return';
}

function compile(rules: readonly (readonly Item[])[]): OutputTable {
  const table: OutputTable = { name: 'filter', chains: [], taken: new Set(), renamed: [] };
  let chain = addChain(table, 'user');
  for (const [index, items] of rules.entries())
    chain = compileRule(items, { table, chain, rule: { parts: [] }, label: `user-${index + 1}` });
  return table;
}

test('compiled rules ask, act and leave as the rules do', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), packet, (rules, given) => {
      const asked = new Run(given);
      const way = expected(rules, asked);
      const ran = new Run(given);
      expect([execute(compile(rules), 'user', ran), ran.events]).toEqual([way, asked.events]);
    }),
    { numRuns: 5000 },
  );
});
