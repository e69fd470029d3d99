// The programs of a classifier: one for each shape of packets that has come up, made when the first of them comes.

import type { Hook } from '../../hook/hook.ts';
import type { Chain, Table } from '../../ir/ruleset.ts';
import { routingFacts } from '../../topology/fib.ts';
import type { Host } from '../../topology/host.ts';
import { lookupsIn, unchangedSets } from '../../trace/set-state.ts';
import { encode, type PacketAtHand, plainValue, setPacket } from './at-hand.ts';
import { textOf } from './conditions.ts';
import { orderedCount } from './part.ts';
import { compileProgram, type Program } from './program.ts';
import { shapeAt } from './row.ts';
import { watchedPacket } from './watched-packet.ts';

/** What programs are made of. */
export interface ProgramsSource {
  readonly table: Table;
  readonly hook: Hook;
  /** The chain where packets come in first. */
  readonly chains: readonly Chain[];
  /** Of those that jumps are followed to. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Rules are kept that every packet passes as it was. */
  readonly keepsPassed?: true;
  /** The names of interfaces that came up, at their places. */
  readonly names: readonly string[];
  readonly hand: PacketAtHand;
  readonly host: Host | undefined;
}

/** The programs so far. */
export interface Programs {
  /** That of the packet at hand, with its codes; undefined where there are too many kinds of packets. */
  forPacketAtHand(): Program | undefined;
  bytes(): number;
}

/** For so many shapes there are programs; packets of others are left to traces. */
const mostShapes = 64;

/** Programs for the packets that will be at hand. */
export function programsOf(source: ProgramsSource): Programs {
  const { hand } = source;
  const programs: (Program | undefined)[] = [];
  let made = 0;
  const misfits = new Map<number, Set<string>>();
  const make = (key: number): Program => {
    const found = misfits.get(key) ?? new Set();
    misfits.set(key, found);
    const program = programFor(source, found);
    if (!programs[key]) made++;
    programs[key] = program;
    return program;
  };
  return {
    forPacketAtHand: () => {
      const key = shapeKey(hand);
      let program = programs[key];
      if (!program && made >= mostShapes) return undefined;
      program ??= make(key);
      while (!encode(program, hand)) program = make(key);
      return program;
    },
    bytes: () => programs.reduce((sum, program) => sum + (program?.bytes() ?? 0), 0),
  };
}

/** Tells the shape of the packet at hand from all others. */
function shapeKey({ columns: { family, protocol, transport, entry }, row }: PacketAtHand): number {
  const kinds = ((transport[row] ?? 0) << 2) | (entry[row] ?? 0);
  return (kinds << 9) | ((protocol[row] ?? 0) << 1) | (family[row] === 6 ? 1 : 0);
}

function programFor(source: ProgramsSource, misfits: Set<string>): Program {
  const { table, hook, chains, numbers, names, hand, host, keepsPassed } = source;
  const shape = shapeAt(hand.columns, hand.row);
  const state = { sets: unchangedSets, assumptions: new Set<string>(), request: {} };
  const lookups = lookupsIn(state, table);
  const packet = watchedPacket(shape, hook, names, { routing: host && routingFacts(host), lookups });
  setPacket(packet, hand);
  const program = compileProgram({
    chains,
    place: { family: shape.family, packet, chainNumber: (name) => numbers.get(name) },
    atHand: {
      code: (number) => {
        return number < orderedCount ? (program.codes[number] ?? 0) : plainValue(hand, number);
      },
      set: () => setPacket(packet, hand),
    },
    misfits,
    keepsPassed: keepsPassed === true,
    misfit: (condition) => misfits.add(textOf(condition)),
  });
  return program;
}
