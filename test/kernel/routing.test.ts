// Asks the kernel for the routes of random hosts and flows, and wants the same answers from the simulator.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { Flow, RouteDecision } from '../../src/core/topology/decision.ts';
import type { Host, Route } from '../../src/core/topology/host.ts';
import { lookupRoute } from '../../src/core/topology/lookup.ts';
import { formatPrefix } from '../../src/core/topology/prefix.ts';
import { selectSource } from '../../src/core/topology/source-selection.ts';
import { forwards } from '../../src/core/topology/sysctl.ts';
import { tableName } from '../../src/core/topology/tables.ts';
import { validateSource } from '../../src/core/topology/validate.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { getLine, routeLine, setupLines } from './support/routing-commands.ts';
import { hostOf, randomFlow, randomFrom, randomHost } from './support/routing-host.ts';

/** Runs shell lines in a network namespace of their own; one answer for each line of `questions`, errors included. */
function inNamespace(setup: readonly string[], questions: readonly string[]): readonly string[] {
  const asked = questions.flatMap((line) => [`${line} 2>&1`, 'echo ----']);
  const script = ['set -e', ...setup, 'set +e', ...asked].join('\n');
  const run = spawnSync('unshare', ['-n', 'sh'], { input: script, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (run.stderr !== '') throw new Error(run.stderr);
  return run.stdout
    .split('----\n')
    .slice(0, -1)
    .map((answer) => answer.trim());
}

/** What `ip -j route` prints of one route; only what is compared. */
interface KernelRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
  readonly table?: string;
  readonly scope?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
}

function routesFrom(json: string): readonly KernelRoute[] {
  return JSON.parse(json === '' ? '[]' : json);
}

/** The kernel's answer to `ip route get` as one line. */
function kernelAnswer(answer: string, flow: Flow): string {
  if (!answer.startsWith('[')) return answer.replace(/^RTNETLINK answers: /, '');
  const [route] = routesFrom(answer);
  if (!route) return 'nothing';
  return [
    simplified(route.type),
    route.gateway ?? '-',
    route.dev,
    flow.source === undefined ? (route.prefsrc ?? '-') : '-',
  ].join(' ');
}

function simplified(type = 'unicast'): string {
  return type === 'anycast' ? 'local' : type;
}

/** The simulator's answer in the same words. */
function ourAnswer(host: Host, flow: Flow): string {
  const { iif, source } = flow;
  const decision = lookupRoute(host, flow);
  if (iif === undefined || source === undefined) return decided(host, decision);
  const rejection = validateSource(host, { ...flow, iif, source });
  // `ip route get` begins behind the checks of the header.
  if (rejection && rejection.stage === 'routing' && flow.family === 4) return 'Invalid argument';
  if (flow.family === 4 && !forwards(host, iif, 4) && needsForwarding(decision)) return 'No route to host';
  if (flow.family === 4 && decision.kind === 'multicast' && !decision.joined) return 'Invalid argument';
  return decided(host, decision);
}

function needsForwarding({ kind }: RouteDecision): boolean {
  return kind !== 'local' && kind !== 'broadcast' && kind !== 'multicast';
}

function decided(host: Host, decision: RouteDecision): string {
  return 'device' in decision ? routed(host, decision) : refused(decision);
}

function routed(host: Host, decision: Extract<RouteDecision, { device: string }>): string {
  const { flow, kind, device } = decision;
  const text = (value: bigint | undefined): string =>
    value === undefined ? '-' : formatAddress({ family: flow.family, value });
  const source = flow.source === undefined ? selectSource(host, decision)?.address : undefined;
  const gateway = kind === 'unicast' ? decision.gateway : undefined;
  const delivered = flow.family === 4 && flow.iif !== undefined && kind !== 'unicast';
  return [kind, text(gateway), delivered || kind === 'local' ? 'lo' : device, text(source)].join(' ');
}

function refused(decision: Exclude<RouteDecision, { device: string }>): string {
  switch (decision.kind) {
    case 'no-route':
      return decision.errno === 'EINVAL' ? 'Invalid argument' : 'Network is unreachable';
    case 'unreachable':
      return decision.by === 'rule' ? 'Network is unreachable' : 'No route to host';
    case 'prohibit':
      return 'Permission denied';
    case 'blackhole':
      return 'Invalid argument';
  }
}

/** What `ip -j address` prints, in its order. */
function addressesFrom(json: string): readonly string[] {
  const links: readonly { ifname: string; addr_info: readonly KernelAddress[] }[] = JSON.parse(json);
  return links.flatMap((link) =>
    link.addr_info.map((one) =>
      addressText(link.ifname, one.local, one.prefixlen, one.scope, one.secondary ?? false),
    ),
  );
}

interface KernelAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly secondary?: boolean;
}

function ourAddresses(host: Host, family: 4 | 6): readonly string[] {
  return host.interfaces.flatMap((one) =>
    one.addresses
      .filter((entry) => entry.address.family === family)
      .map((entry) =>
        addressText(one.name, formatAddress(entry.address), entry.prefixLength, entry.scope, entry.secondary),
      ),
  );
}

function addressText(
  device: string,
  text: string,
  length: number,
  scope: string,
  secondary: boolean,
): string {
  return `${device} ${text}/${length} ${scope}${secondary ? ' secondary' : ''}`;
}

function kernelRouteText(family: 4 | 6, route: KernelRoute): string {
  const scope = family === 4 ? (route.scope ?? 'global') : '';
  return [
    route.type ?? 'unicast',
    route.dst,
    route.gateway,
    route.dev,
    route.table ?? 'main',
    scope,
    route.prefsrc,
    route.metric ?? 0,
  ].join(' ');
}

function ourRouteText(route: Route): string {
  const { family } = route;
  const address = (value: bigint | undefined): string | undefined =>
    value === undefined ? undefined : formatAddress({ family, value });
  const dst = formatPrefix(family, route.destination, route.prefixLength);
  const scope = family === 4 ? route.scope : '';
  return [
    route.type,
    dst,
    address(route.gateway),
    route.device,
    tableName(route.table),
    scope,
    address(route.source),
    route.metric,
  ].join(' ');
}

const seeds = seedsOfRun(8);
const dumps = [
  'ip -j -4 route show table all',
  'ip -j -6 route show table all',
  'ip -j -4 address',
  'ip -j -6 address',
];

describeKernel('routing', ['unshare', 'sysctl'], () => {
  test.each(seeds)(
    'host %i has the addresses and routes that the kernel makes, and refuses the same',
    (seed) => {
      const facts = randomHost(randomFrom(seed), seed % 2 === 0);
      const { host, accepted } = hostOf(facts);
      const declared = facts.routes ?? [];
      const answers = inNamespace(setupLines(facts), [...declared.map(routeLine), ...dumps]);
      const rejected = declared.filter((_, at) => answers[at] !== '');
      expect(declared.filter((route) => !accepted.includes(route)).map(routeLine)).toEqual(
        rejected.map(routeLine),
      );
      for (const family of [4, 6] as const) {
        const kernel = routesFrom(answers[declared.length + family / 2 - 2] ?? '');
        const ours = host.routes.filter((route) => route.family === family);
        expect(ours.map(ourRouteText).toSorted()).toEqual(
          kernel.map((route) => kernelRouteText(family, route)).toSorted(),
        );
        expect(ourAddresses(host, family)).toEqual(
          addressesFrom(answers[declared.length + family / 2] ?? ''),
        );
      }
    },
  );

  test.each(seeds)('host %i routes 200 flows as the kernel does', (seed) => {
    const random = randomFrom(seed);
    const facts = randomHost(random, seed % 2 === 0);
    const { host, accepted } = hostOf(facts);
    const flows = Array.from({ length: 200 }, () => randomFlow(random));
    const answers = inNamespace([...setupLines(facts), ...accepted.map(routeLine)], flows.map(getLine));
    const compared = flows.map((flow, at) => ({
      asked: getLine(flow),
      kernel: kernelAnswer(answers[at] ?? '', flow),
      ours: ourAnswer(host, flow),
    }));
    expect(compared.filter(({ kernel, ours }) => kernel !== ours)).toEqual([]);
  });
});
