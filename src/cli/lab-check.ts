// Whether a lab answers as the model of its network says: all pairs of addresses, asked of both.
import { formatAddress } from '../core/datatype/address.ts';
import { travelIn } from '../core/network/journey.ts';
import type { Network } from '../core/network/network.ts';
import { type Probe, type Reach, reach, type Station, stationsOf } from '../core/network/reach.ts';
import type { Question, RealAnswer } from '../host/lab/probe.ts';
import { probe } from '../host/lab/probing.ts';
import type { LabState } from '../host/lab/state.ts';

/** A question between two addresses. */
export interface Asked {
  readonly from: Station;
  readonly to: Station;
  readonly probe: Probe;
}

/** What both say to a question. */
export interface Compared extends Asked {
  readonly model: Reach;
  readonly real: RealAnswer;
  /** True also where the model says that it depends on what is not known. */
  readonly agrees: boolean;
}

/** Every address asks every other one for an echo, and for what its host listens on. */
export function questionsOf({ hosts }: Network): readonly Asked[] {
  const stations = stationsOf(hosts.map(({ host }) => host));
  const listening = new Map(hosts.map(({ host }) => [host.name, host.listening ?? []]));
  return stations.flatMap((from) =>
    stations
      .filter((to) => from.address.family === to.address.family && from.address.value !== to.address.value)
      .flatMap((to) => {
        const ports = listening.get(to.host) ?? [];
        const probes = ports.map(({ protocol, port }): Probe => ({ kind: protocol, port }));
        return [{ kind: 'ping' } as const, ...probes].map((one) => ({ from, to, probe: one }));
      }),
  );
}

/** Milliseconds: on a busy machine an answer may come late, so that a missing one is asked for again. */
const patience = { first: 1000, second: 4000 } as const;

/** Asks both; `step` is called for each answer of either side. */
export async function compareWith(
  state: LabState,
  network: Network,
  asked: readonly Asked[],
  step: () => void,
): Promise<readonly Compared[]> {
  const travel = travelIn(network);
  const models = asked.map((one) => {
    step();
    return reach(travel, one.from, one.to.address, one.probe);
  });
  const questions = asked.map((one) => questionOf(one, state));
  const first = await probe(state, questions, { patienceMs: patience.first, answered: step });
  const missing = first.flatMap((real, at) => (models[at]?.verdict === 'yes' && !real.answered ? [at] : []));
  const again = missing.flatMap((at) => questions[at] ?? []);
  const second = await probe(state, again, { patienceMs: patience.second, answered: () => {} });
  return asked.flatMap((one, at) => {
    const [model, real] = [models[at], second[missing.indexOf(at)] ?? first[at]];
    if (!model || !real) return [];
    return { ...one, model, real, agrees: isSame(model, real) };
  });
}

function isSame({ verdict }: Reach, { answered }: RealAnswer): boolean {
  return verdict === 'depends' || (verdict === 'yes') === answered;
}

function questionOf({ from, to, probe: { kind, ...rest } }: Asked, { hosts }: LabState): Question {
  return {
    namespace: hosts[from.host] ?? '',
    from: formatAddress(from.address),
    to: formatAddress(to.address),
    kind,
    port: 'port' in rest ? rest.port : 0,
  };
}
