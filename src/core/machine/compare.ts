// Where a `host` block is not what the rules need of their machine: a trace on it would differ from the real one.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Span } from '../text/source.ts';
import type { RouteFacts, RuleFacts } from '../topology/facts.ts';
import type { Host } from '../topology/host.ts';
import { routeLine, ruleLine, sysctlLine } from './emit.ts';
import { isUnfit, type MachineNeeds } from './needs.ts';

/** One warning for each thing that the host lacks; none if it is another host. `span`: its name. */
export function compareHost(host: Host, needs: MachineNeeds, span: Span): readonly Diagnostic[] {
  const { devices, sysctls, routes, rules, owner } = needs;
  if (!devices.every((name) => host.interfaces.some((one) => one.name === name))) return [];
  const missing = [
    ...sysctls.filter((need) => isUnfit(need, host)).map(sysctlLine),
    ...routes.filter((route) => !host.routes.some((one) => isSameRoute(one, route))).map(routeLine),
    ...rules.filter((rule) => !host.rules.some((one) => isSameRule(one, rule))).map(ruleLine),
  ];
  return missing.map((line) =>
    diagnostic('HK2091', `${owner} needs \`${line}\`, and host \`${host.name}\` is without`, { span }),
  );
}

function isSameRoute(one: Host['routes'][number], wanted: RouteFacts): boolean {
  return (
    one.family === wanted.family &&
    one.table === wanted.table &&
    one.prefixLength === 0 &&
    one.device === wanted.device &&
    one.gateway === wanted.gateway
  );
}

function isSameRule(one: RuleFacts, wanted: RuleFacts): boolean {
  return (
    one.family === wanted.family &&
    one.table === wanted.table &&
    one.mark?.value === wanted.mark?.value &&
    one.mark?.mask === wanted.mark?.mask &&
    one.suppressPrefixLength === wanted.suppressPrefixLength
  );
}
