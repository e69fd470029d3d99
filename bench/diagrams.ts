// What BDDs are used for, as a program: `diagrams.ts arrays|naive RULES` takes all packets through drawn rules of five
// fields, first match, and prints how many rules it did.
import { createBdd } from '../src/core/bdd/bdd.ts';
import { createNaiveBdd } from './naive-bdd.ts';

/** What both engines can do. */
interface Engine<Node> {
  readonly none: Node;
  readonly all: Node;
  and(f: Node, g: Node): Node;
  or(f: Node, g: Node): Node;
  minus(f: Node, g: Node): Node;
  choice(index: number, low: Node, high: Node): Node;
}

/** Bits that follow each other. */
interface Block {
  readonly first: number;
  readonly width: number;
}

const protocol: Block = { first: 0, width: 8 };
const destination: Block = { first: 8, width: 32 };
const source: Block = { first: 40, width: 32 };
const port: Block = { first: 72, width: 16 };

const [, , name = '', given = ''] = process.argv;
const rules = Number(given);
if (name === 'naive') firstMatch({ none: false, all: true, ...createNaiveBdd() });
else {
  const bdd = createBdd();
  const choice = (index: number, low: number, high: number) => bdd.ite(bdd.variable(index), high, low);
  firstMatch({ none: 0, all: 1, ...bdd, choice });
}
console.log(JSON.stringify({ rules }));

/** Four of five rules accept what they are the first to match. */
function firstMatch<Node>(engine: Engine<Node>): void {
  const draw = drawFrom(7);
  const networks = Array.from({ length: 60 }, () => draw(2 ** 32));
  let [left, accepted] = [engine.all, engine.none];
  for (let rule = 0; rule < rules; rule++) {
    const matched = drawMatch(engine, draw, networks);
    if (draw(5) > 0) accepted = engine.or(accepted, engine.and(left, matched));
    left = engine.minus(left, matched);
  }
}

type Draw = (below: number) => number;

function drawMatch<Node>(engine: Engine<Node>, draw: Draw, networks: readonly number[]): Node {
  const network = (block: Block, oneIn: number) => {
    if (draw(oneIn) === 0) return engine.all;
    const length = [8, 16, 24, 24, 24, 32, 32][draw(7)] ?? 32;
    return prefix(engine, block, ((networks[draw(60)] ?? 0) ^ draw(65_536)) >>> 0, length);
  };
  const parts = [
    prefix(engine, protocol, draw(10) < 7 ? 6 : 17, 8),
    prefix(engine, port, draw(1024), draw(5) === 0 ? 10 : 16),
    network(source, 3),
    network(destination, 10),
  ];
  return parts.reduce((all, part) => engine.and(all, part), engine.all);
}

/** The first bits are those of the value. */
function prefix<Node>(engine: Engine<Node>, { first, width }: Block, value: number, length: number): Node {
  let node = engine.all;
  for (let bit = length - 1; bit >= 0; bit--) {
    const isSet = ((value >>> (width - 1 - bit)) & 1) === 1;
    node = isSet
      ? engine.choice(first + bit, engine.none, node)
      : engine.choice(first + bit, node, engine.none);
  }
  return node;
}

/** Numerical Recipes' generator: the same rules in each run. */
function drawFrom(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
