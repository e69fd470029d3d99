// What a listing of checked connections adds up to, in memory that does not grow with it: reports, screens and pictures
// show this.

import type { PolicyZone } from '../ir/policy.ts';
import type { Brief } from './brief.ts';
import type { Arrival } from './check.ts';
import {
  addCounts,
  type CountedKeys,
  type Counts,
  countedKeys,
  countOne,
  noCounts,
  type Tally,
} from './counts.ts';
import { type Decider, deciderOf, deciderText } from './decider.ts';
import { type AddressKey, addressKeyText } from './facts.ts';
import { type Bin, remainingTimes } from './histogram.ts';
import { type PortUse, portsInUse } from './ports-in-use.ts';
import { serviceText } from './service.ts';
import { type ZonePair, zonePairs } from './zone-pair.ts';

/** What connections can be grouped by. */
export const groupings = ['rule', 'zone', 'host', 'state', 'service'] as const;

export type Grouping = (typeof groupings)[number];

/** The connections that have something in common. */
export interface Group extends Counts {
  /** For people: a rule or policy, `lan -> wan`, an address, `tcp ESTABLISHED`, `tcp 443`. */
  readonly name: string;
}

/** All groups, those with the most connections first. */
export interface Groups {
  readonly groups: readonly Group[];
  /** What groups have had that were given up because there were too many; others may lack some of theirs then. */
  readonly others: Counts;
}

/** Connections that come from the same zone of the policy, are decided about by the same rule and go to the same zone. */
export interface Flow extends Counts {
  readonly from: string;
  readonly rule: string;
  readonly to: string;
}

/** What a whole listing adds up to. */
export interface Summary {
  readonly totals: Counts;
  /** Lines that could not be read. */
  readonly broken: number;
  /** By `host` means the address that began them. */
  readonly by: Readonly<Record<Grouping, Groups>>;
  readonly flows: readonly Flow[];
  /** Hosts that began connections, by what those have carried, the most first; none without counters. */
  readonly talkers: readonly Group[];
  /** Seconds until connections are forgotten. */
  readonly remaining: readonly Bin[];
  /** Of each address that sources are translated to. */
  readonly ports: readonly PortUse[];
}

/** Takes connections in one by one; `summary` may be asked at any time. */
export interface SummaryBuilder {
  add(brief: Brief): void;
  /** Lines that could not be read. */
  addBroken(lines: number): void;
  summary(): Summary;
}

/** So many hosts, and so many services, are kept apart. */
const mostKeys = 65_536;

/** A summary of no connections yet, with the zones of the policy; without any, interfaces stand in their place. */
export function summaryBuilder(zones?: readonly PolicyZone[]): SummaryBuilder {
  const totals = noCounts();
  const pairOf = zonePairs(zones);
  const flows = new Map<Decider, Map<string, FlowTally>>();
  const states = countedKeys<string>(mostKeys);
  const services = countedKeys<number>(mostKeys);
  const hosts = countedKeys<AddressKey>(mostKeys);
  const single = noCounts();
  const remaining = remainingTimes();
  const ports = portsInUse();
  let broken = 0;
  return {
    add(brief) {
      const { arrival, facts } = brief;
      countOne(single, brief);
      addCounts(totals, single);
      addCounts(flowOf(flows, arrival, pairOf(brief)), single);
      addCounts(states.at(facts.state), single);
      addCounts(services.at(facts.service), single);
      addCounts(hosts.at(facts.source), single);
      remaining.add(facts.timeout);
      ports.add(facts);
    },
    addBroken(lines) {
      broken += lines;
    },
    summary() {
      const all = flowsOf(flows);
      const host = groupsOf(hosts, addressKeyText);
      return {
        totals: { ...totals },
        broken,
        by: {
          rule: regrouped(all, ({ rule }) => rule),
          zone: regrouped(all, ({ from, to }) => `${from} -> ${to}`),
          host,
          state: groupsOf(states, (name) => name),
          service: groupsOf(services, serviceText),
        },
        flows: all,
        talkers: host.groups
          .filter(({ bytes }) => bytes > 0)
          .toSorted((one, other) => other.bytes - one.bytes),
        remaining: remaining.bins(),
        ports: ports.uses(),
      };
    },
  };
}

interface FlowTally {
  readonly from: string;
  readonly to: string;
  readonly tally: Tally;
}

function flowOf(
  flows: Map<Decider, Map<string, FlowTally>>,
  arrival: Arrival,
  { from, to }: ZonePair,
): Tally {
  const decider = deciderOf(arrival);
  let ends = flows.get(decider);
  if (!ends) {
    ends = new Map();
    flows.set(decider, ends);
  }
  const key = `${from}>${to}`;
  let flow = ends.get(key);
  if (!flow) {
    flow = { from, to, tally: noCounts() };
    ends.set(key, flow);
  }
  return flow.tally;
}

function flowsOf(flows: ReadonlyMap<Decider, ReadonlyMap<string, FlowTally>>): readonly Flow[] {
  const all = [...flows].flatMap(([decider, ends]) => {
    const rule = deciderText(decider);
    return [...ends.values()].map(({ from, to, tally }) => ({ from, rule, to, ...tally }));
  });
  return all.toSorted(mostFirst);
}

/** Flows added up under another name. */
function regrouped(flows: readonly Flow[], nameOf: (flow: Flow) => string): Groups {
  const tallies = new Map<string, Tally>();
  for (const flow of flows) {
    const name = nameOf(flow);
    const tally = tallies.get(name) ?? noCounts();
    addCounts(tally, flow);
    tallies.set(name, tally);
  }
  const groups = [...tallies].map(([name, tally]) => ({ name, ...tally }));
  return { groups: groups.toSorted(mostFirst), others: noCounts() };
}

function groupsOf<Key>(counted: CountedKeys<Key>, nameOf: (key: Key) => string): Groups {
  const groups = [...counted.entries()].map(([key, tally]) => ({ name: nameOf(key), ...tally }));
  return { groups: groups.toSorted(mostFirst), others: { ...counted.given } };
}

function mostFirst(one: Counts, other: Counts): number {
  return other.connections - one.connections || other.bytes - one.bytes;
}
