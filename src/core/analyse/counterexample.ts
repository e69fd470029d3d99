// Packets that break an assertion: one of all that do, traced with the chains that watch for its condition.
import type { Node } from '../bdd/bdd.ts';
import type { Assertion, Claim } from '../ir/policy.ts';
import { formatInjection } from '../packet/format.ts';
import type { Injection } from '../packet/packet.ts';
import { makeProbe, meets } from '../policy-test/probe.ts';
import { requestProblems } from '../trace/request.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { type ExampleRequest, viewAt } from './example.ts';
import { packetIn } from './example-packet.ts';
import type { Space } from './space.ts';

/** A packet and its trace, without the chains that watched. */
export interface Counterexample {
  readonly sent: Injection;
  readonly trace: Trace;
}

/** A condition that nobody can tell, and whether it would have to hold; absent of a value that is more than yes or no. */
export interface Supposed {
  readonly name: string;
  readonly holds?: boolean;
}

/** Who is looked for. */
export interface Breaking extends ExampleRequest {
  readonly claim: Claim;
  readonly sets: Assertion['sets'];
}

/** A packet that was found. */
export interface Found {
  readonly counterexample: Counterexample;
  /** It breaks the claim whatever nobody can tell. */
  readonly isCertain: boolean;
  /** What has to be the case for it to break it: one way of several. */
  readonly supposed: readonly Supposed[];
}

/** Whether packets that end so break the claim. */
export function isBroken({ verdict, says }: Claim, ended: string): boolean {
  return (ended === verdict) === (says === 'never');
}

/** One of the packets that break a claim, and if there is one, one that does whatever nobody can tell. */
export function breakingIn(breaking: Breaking, node: Node): Found | undefined {
  const sure = surely(breaking.space, node);
  const certain = sure === 0 ? undefined : firstIn(breaking, sure, true);
  if (certain?.isCertain || sure === node) return certain;
  const found = firstIn(breaking, node, false);
  return found ? { ...found, isCertain: false } : certain;
}

/** One of the packets of which only a trace can tell whether they break it, if it does so for certain. */
export function brokenAmong(breaking: Breaking, node: Node): Found | undefined {
  const found = firstIn(breaking, node, false);
  return found?.isCertain ? found : undefined;
}

/** The packets that are among them whatever nobody can tell. */
function surely(space: Space, node: Node): Node {
  const { bdd } = space;
  if (space.freeIn(node).length === 0) return node;
  const free = space.freeVariables();
  const doubtful = bdd.exists(bdd.minus(space.valid(), node), free);
  return bdd.minus(bdd.exists(node, free), doubtful);
}

/** So many packets are traced before none is shown. */
const mostTries = 6;

function firstIn(breaking: Breaking, packets: Node, isSure: boolean): Found | undefined {
  const { bdd } = breaking.space;
  let rest = packets;
  for (let tries = 0; tries < mostTries && rest !== 0; tries++) {
    const sent = packetIn(breaking.space, rest, breaking);
    if (!sent) return undefined;
    const tried = replay(breaking, sent, { packets, isSure });
    if (tried.found) return tried.found;
    const left = bdd.minus(rest, tried.like);
    if (left === rest) return undefined;
    rest = left;
  }
  return undefined;
}

interface Tried {
  readonly found?: Found;
  /** All packets that look like it. */
  readonly like: Node;
}

function replay(
  breaking: Breaking,
  sent: Injection,
  { packets, isSure }: { readonly packets: Node; readonly isSure: boolean },
): Tried {
  const { space, ruleSet, host, claim, sets } = breaking;
  const probe = makeProbe(ruleSet, claim, sets);
  const request = { ruleSet: probe.ruleSet, host, injection: sent };
  if (requestProblems(request).length > 0) return { like: 0 };
  const { ways, complete } = trace(request);
  const broken = ways.filter((way) => way.reason === undefined && isBroken(claim, way.verdict));
  const breaks = broken.filter((way) => meets(way, probe, request));
  const [first] = breaks;
  if (!first) return { like: notLike(space, request, ways, isSure ? packets : 0) };
  const like = space.bdd.and(space.seen(viewAt(request, first)), packets);
  const found = {
    counterexample: { sent, trace: trace({ ruleSet, host, injection: sent }) },
    isCertain: isSure ? like !== 0 : complete && breaks.length === ways.length,
    supposed: supposedOf(space, like),
  };
  return { found, like };
}

/** Packets that look like one that is not among `sure` ones after all; throws where it has to be. */
function notLike(space: Space, request: TraceRequest, ways: readonly Way[], sure: Node): Node {
  const { bdd } = space;
  const seen = ways.map((way) => space.seen(viewAt(request, way)));
  const same = seen.map((one) => bdd.and(one, sure));
  // It may be another packet than was meant, or an answer to what nobody can tell that no trace gives.
  if (same.every((one) => one !== 0 && space.freeIn(one).length === 0))
    throw new Error(
      `the trace of \`${formatInjection(request.injection)}\` ends otherwise than all packets like it`,
    );
  return seen.reduce<Node>((any, one) => bdd.or(any, one), 0);
}

/** Of so many ways the one that supposes least is told. */
const mostWays = 100;

function supposedOf(space: Space, like: Node): readonly Supposed[] {
  const { bdd } = space;
  const free = new Set(space.freeVariables());
  const packet = bdd.support(like).filter((variable) => !free.has(variable));
  let least: ReadonlyMap<number, boolean> | undefined;
  let left = mostWays;
  for (const cube of bdd.cubes(bdd.exists(like, packet))) {
    if (!least || cube.size < least.size) least = cube;
    if (--left === 0) break;
  }
  const found = new Map<string, Supposed>();
  for (const [variable, holds] of least ?? [])
    for (const name of space.freeIn(bdd.variable(variable)))
      found.set(name, found.has(name) ? { name } : { name, holds });
  return [...found.values()];
}
