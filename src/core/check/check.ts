// From the syntax tree to the checked policy: names resolved, values typed, the structure that the kernel demands.
import type { AddressFamily } from '../datatype/address.ts';
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts';
import type { Policy, PolicyZone } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { compareHost } from '../machine/compare.ts';
import { contradictions } from '../machine/contradictions.ts';
import { misnamedInterfaces } from '../machine/interface-names.ts';
import type { HostBlock, Item, PolicyFile, Table } from '../syntax/ast.ts';
import type { Span } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import { checkAssertion } from './assertion.ts';
import { noSets } from './beside.ts';
import { declareCalls, warnHiddenByParameters, warnUncalled } from './call.ts';
import type { Definitions } from './expansion.ts';
import { makeGateways, publishes } from './gateway.ts';
import { type CheckedHost, checkHost, type RulesElsewhere } from './host.ts';
import { warnLeases } from './lease.ts';
import { checkLinks } from './link.ts';
import { declareMaps, warnUnusedMaps } from './map.ts';
import { ofKind } from './of-kind.ts';
import { decide, ownFilters } from './own-filters.ts';
import { checkQuestion } from './question.ts';
import { makeReport, type Report } from './report.ts';
import { reportUnreachedRules, warnUnreachedRules } from './report-unreached.ts';
import { declareConstants, distinct, warnUnusedConstants } from './scope.ts';
import { declareServices } from './service.ts';
import { declareSets, warnUnusedSets } from './set.ts';
import { refuseSharedNames } from './set-part.ts';
import { checkTable, type TopLevel } from './table.ts';
import { checkTest } from './test-block.ts';
import { declareZones, type Zones } from './zone.ts';
import { policyTable } from './zone-policy.ts';

/** A policy, whose hosts may have rules in files that are still to be read. */
export interface CheckedPolicy extends Omit<Policy, 'ownRules'> {
  readonly ownRules: ReadonlyMap<string, RuleSet | RulesElsewhere>;
}

/**
 * Checks a whole policy; all independent errors are reported, and with any there is no value. Where the parser had
 * to leave statements out (`complete` is false), names are not called missing or unused.
 */
export function checkPolicy(
  file: PolicyFile,
  complete = true,
  question?: PolicyFile,
): Outcome<CheckedPolicy> {
  const report = makeReport(complete);
  const policy = readPolicy(file.items, report, question);
  return { value: complete && report.errors() === 0 ? policy : undefined, diagnostics: report.diagnostics() };
}

function readPolicy(items: readonly Item[], report: Report, question?: PolicyFile): CheckedPolicy {
  const scope = declareConstants(ofKind(items, 'let'), undefined, report);
  const sets = declareSets(ofKind(items, 'set'), scope, undefined, report);
  const definitions: Definitions = {
    scope,
    calls: declareCalls(ofKind(items, 'def'), report),
    services: declareServices(ofKind(items, 'service'), report),
    zones: declareZones(ofKind(items, 'zone'), scope, report),
  };
  warnHiddenByParameters(definitions, report);
  const maps = declareMaps(ofKind(items, 'map'), { scope, sets: noSets, report }, undefined);
  const top: TopLevel = { scope, sets, maps, definitions, report };
  refuseSharedNames(sets, maps, report);
  const rules = checkRules(items, top);
  const blocks = [...distinct(ofKind(items, 'host'), 'host', report).values()];
  const hosts = blocks.flatMap((block) => checkHostBlock(block, rules, top) ?? []);
  const links = checkLinks(ofKind(items, 'link'), hosts, scope, report);
  if (report.errors() === 0) warnLeases(hosts, links, report);
  const context = { scope, report, hosts: blocks.map((block) => block.name) };
  const tests = ofKind(items, 'test').map((test) => checkTest(test, context));
  const assertions = ofKind(items, 'assert').map((one) => checkAssertion(one, { ...context, top }));
  const asked = question && checkQuestion(question, top);
  warnUncalled(definitions.calls, report);
  warnUnusedConstants(scope, report);
  warnUnusedSets(sets, report);
  warnUnusedMaps(maps, report);
  const ipset = ofKind(items, 'ipset').map(({ text }) => text.value);
  return {
    ruleSet: { ...rules, ...(ipset.length > 0 && { ipset }) },
    hosts: hosts.map(({ host }) => host),
    tests,
    ...(assertions.length > 0 && { assertions }),
    ...(links.length > 0 && { links }),
    ...(asked && { question: asked }),
    ...zonesOf(definitions.zones, hosts),
    ownRules: new Map(hosts.flatMap(({ host, rules: own }) => (own ? [[host.name, own] as const] : []))),
  };
}

/** Tables, and what gateways and policies between zones become, of the top level or of one host. */
function checkRules(items: readonly Item[], top: TopLevel): RuleSet {
  const { scope, definitions, report } = top;
  const gateways = [...distinct(ofKind(items, 'gateway'), 'gateway', report).values()];
  const policies = ofKind(items, 'policy');
  const own = ofKind(items, 'table');
  const filters = ownFilters(own);
  const published = gateways.some(publishes);
  const between = policyTable(policies, { zones: definitions.zones, published, filters, report });
  const filtered = (families: readonly AddressFamily[]): boolean =>
    policies.length > 0 || decide(filters('forward'), families);
  const made = makeGateways(gateways, { filtered, scope }, report);
  const becomes = [...(between ? [between] : []), ...made.tables];
  refuseTaken(becomes, own, report);
  const tables = [...distinct(own, 'table', report, nameOfTable).values(), ...becomes];
  const checked = tables.map((table) => checkTable(table, top));
  warnUnreachedRules(
    checked.filter(({ span }) => own.some((table) => table.span === span)),
    top,
  );
  const zones = checked.find(({ span }) => span === between?.span);
  if (zones) reportUnreachedRules(zones, policies, top);
  const { needs } = made;
  return { tables: checked, ...(needs.length > 0 && { needs }) };
}

/** A host with the rules that are its own; without any it has those of the top level, whose needs it must meet. */
function checkHostBlock(block: HostBlock, shared: RuleSet, top: TopLevel): HostWithRules | undefined {
  const { report, definitions, scope } = top;
  const checked = checkHost(block, scope, report);
  const zones = ofKind(block.items, 'zone');
  const own = {
    ...definitions,
    zones: new Map([...definitions.zones, ...declareZones(zones, scope, report)]),
  };
  const written = block.items.length > 0 ? checkRules(block.items, { ...top, definitions: own }) : undefined;
  if (!checked) return undefined;
  const { host, policy } = checked;
  if (written && policy !== undefined)
    report.complain('HK6082', `\`${host.name}\` has rules here and a line \`policy\``, {
      span: block.name.span,
    });
  const rules = written ?? (policy === 'none' ? { tables: [] } : policy);
  const inForce = rules && 'path' in rules ? undefined : (rules ?? shared);
  if (inForce) report.add(againstHost(inForce, checked, report.errors() === 0));
  return {
    host,
    span: block.name.span,
    ...(rules && { rules }),
    ...(zones.length > 0 && { zones: own.zones }),
  };
}

/** The zones that are told of a policy. */
function zonesOf(shared: Zones, hosts: readonly HostWithRules[]): Pick<Policy, 'zones' | 'ownZones'> {
  const own = hosts.flatMap(({ host, zones }) => (zones ? [[host.name, told(zones)] as const] : []));
  return {
    ...(shared.size > 0 && { zones: told(shared) }),
    ...(own.length > 0 && { ownZones: new Map(own) }),
  };
}

function told(zones: Zones): readonly PolicyZone[] {
  return [...zones.values()].map((zone) => zone.told);
}

/** What the rules and their host do not have in common; of most that may be the consequence of an error. */
function againstHost(rules: RuleSet, { host, place }: CheckedHost, isWhole: boolean): readonly Diagnostic[] {
  return [
    ...(rules.needs ?? []).flatMap((needs) => compareHost(host, needs, place.name)),
    ...(isWhole ? [...contradictions(rules, host, place), ...misnamedInterfaces(rules, host)] : []),
  ];
}

interface HostWithRules {
  readonly host: Host;
  readonly span: Span;
  readonly rules?: RuleSet | RulesElsewhere;
  /** All that its rules know, if its block declares any. */
  readonly zones?: Zones;
}

/** Policies and gateways become tables, whose names no other table may have. */
function refuseTaken(becomes: readonly Table[], own: readonly Table[], report: Report): void {
  const byName = new Map(own.map((table) => [nameOfTable(table), table.name]));
  for (const table of becomes) {
    const other = byName.get(nameOfTable(table));
    if (other)
      report.complain('HK2003', `this becomes a table \`${nameOfTable(table)}\`, and there is one`, {
        span: table.name.span,
        labels: [{ span: other.span, message: 'the other table' }],
        help: 'give the table another name',
      });
  }
}

/** Tables of the same name are different tables in different families. */
function nameOfTable({ family, name }: Table): string {
  return `${family?.text ?? 'ip'} ${name.text}`;
}
