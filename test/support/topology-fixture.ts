// The files in fixtures/topology: a network, and below it which host reaches which address of the others by a ping. The
// model and the kernel are both held to what is written.
import { type Address, formatAddress } from '../../src/core/datatype/address.ts';
import { kindOf } from '../../src/core/device/registry.ts';
import { travelIn } from '../../src/core/network/journey.ts';
import { type Network, networkOf } from '../../src/core/network/network.ts';
import { reach, stationsOf } from '../../src/core/network/reach.ts';
import { policyOf } from './policy.ts';

/** A host and an address of another one. */
export interface Pair {
  readonly from: string;
  readonly to: Address;
}

/** Every host with every address of the others, in the order in which they are written. */
export function pairsOf({ hosts }: Network): readonly Pair[] {
  const stations = stationsOf(hosts.map(({ host }) => host));
  return hosts.flatMap(({ host: { name } }) =>
    stations.flatMap(({ host, address }) => (host === name ? [] : [{ from: name, to: address }])),
  );
}

interface TopologyFixture {
  readonly network: Network;
  /** Without the lines of the answers. */
  readonly head: string;
  /** The lines of the answers. */
  readonly written: readonly string[];
}

function isAnswer(line: string): boolean {
  return line.startsWith('# reach ');
}

/** Reads a fixture. */
export function readTopologyFixture(text: string): TopologyFixture {
  const lines = text.split('\n');
  return {
    network: networkOf(policyOf(text)),
    head: lines.filter((line) => !isAnswer(line)).join('\n'),
    written: lines.filter(isAnswer),
  };
}

/** What the model says of each pair. */
export function answersOf(network: Network): readonly string[] {
  const travel = travelIn(network);
  return pairsOf(network).map(({ from, to }) => {
    const { verdict, failure } = reach(travel, { host: from }, to, { kind: 'ping' });
    const why = failure && `${failure.direction === 'back' ? 'back: ' : ''}${failure.why}`;
    return `${lineOf({ from, to })}: ${verdict}${why === undefined ? '' : `: ${why}`}`;
  });
}

export function lineOf({ from, to }: Pair): string {
  return `# reach ${from} ${formatAddress(to)}`;
}

/** The kinds of devices in it, cards left out. */
export function kindsIn({ hosts }: Network): ReadonlySet<string> {
  return new Set(
    hosts
      .flatMap(({ host }) => host.interfaces.map((one) => kindOf(one).kind))
      .filter((kind) => kind !== 'card'),
  );
}
