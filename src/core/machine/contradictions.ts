// Where a policy and the sysctls of its host contradict each other.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { ruleText } from '../ir/rule-text.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import { dependences } from './depends/all.ts';
import type { Dependence } from './depends/define.ts';

/** Where a host was written down. */
export interface HostPlace {
  readonly name: Span;
  /** The lines of its sysctls by their names as they were written. */
  readonly sysctls: ReadonlyMap<string, Span>;
}

/** A warning for each contradiction; several rules that have the same one share it. */
export function contradictions(ruleSet: RuleSet, host: Host, place: HostPlace): readonly Diagnostic[] {
  const known = ruleSet.needs ?? [];
  const needed = new Set<string>(known.flatMap(({ sysctls }) => sysctls.map(({ name }) => name)));
  const groups = new Map<string, Dependence[]>();
  for (const one of dependences(ruleSet, host)) {
    // What a gateway needs is said for all of it.
    if (one.problem === undefined || (one.rule && needed.has(one.sysctl))) continue;
    const key = [one.code, one.sysctl, one.rule ? one.problem : `${one.device} ${one.problem}`].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => contradiction(group, host, place));
}

function contradiction(group: readonly Dependence[], host: Host, place: HostPlace): Diagnostic {
  const [first] = group;
  const { code = 'HK6112', problem = '', help } = first ?? {};
  const { sysctls } = place;
  const span = group.flatMap(writtenAs).find((name) => sysctls.has(name));
  const rules = group.flatMap(({ rule, what }) => (rule ? [{ rule, what }] : []));
  const more = new Set(rules.map(({ rule }) => ruleText(rule.rule))).size - 1;
  const labels = rules.slice(0, 1).flatMap(({ rule: { rule }, what }) => {
    const others = ['', ', and so does another rule'][more] ?? `, and so do ${more} other rules`;
    return rule.span ? [{ span: rule.span, message: `this ${what}${others}` }] : [];
  });
  return diagnostic(code, `host \`${host.name}\`: ${problem}`, {
    span: (span === undefined ? undefined : sysctls.get(span)) ?? place.name,
    labels,
    help,
  });
}

/** The names under which the value may have been set. */
function writtenAs({ sysctl, device = 'all' }: Dependence): readonly string[] {
  const names = [device, 'all'].map((one) => sysctl.replace('*', one.replaceAll('.', '/')));
  return sysctl.startsWith('net.ipv4.') && /forward(?:ing)?$/.test(sysctl)
    ? [...names, 'net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding']
    : names;
}
