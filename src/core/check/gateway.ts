// `gateway NAME`: the table that a NAT gateway becomes. Nothing in it is hidden: it is what a person would write, and each
// rule stands where the line does that asked for it.
import type { AddressFamily } from '../datatype/address.ts';
import type { MachineNeeds } from '../machine/needs.ts';
import type * as Ast from '../syntax/ast.ts';
import { ruleFrom } from '../syntax/template.ts';
import type { Name } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { type Draft, draft, elementsOf, ofKind, type Sides, setOf } from './gateway-draft.ts';
import { destinationRules } from './gateway-forward.ts';
import { helperObjects, helperRules } from './gateway-helper.ts';
import { type GatewayLine, readGatewayLines } from './gateway-line.ts';
import { familiesInside, needsOf } from './gateway-needs.ts';
import { sourceRules } from './gateway-source.ts';
import { markChains, markRules, ownRules, uplinksOf } from './gateway-uplink.ts';
import type { Names } from './gateway-value.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** What stands around the gateways of a policy. */
export interface Surroundings {
  /** Whether something else decides what is forwarded of these versions of IP; a gateway then only translates. */
  readonly filtered: (families: readonly AddressFamily[]) => boolean;
  readonly scope: Scope;
}

/** What gateways become. */
interface Made {
  readonly tables: readonly Ast.Table[];
  readonly needs: readonly MachineNeeds[];
}

/** The table of each gateway and what it needs of the machine; none where it has no inside or no outside. */
export function makeGateways(
  gateways: readonly Ast.Gateway[],
  surroundings: Surroundings,
  report: Report,
): Made {
  let mark = 1;
  const made = gateways.flatMap((gateway) => {
    const one = makeGateway(gateway, mark, surroundings, report);
    mark += one?.marks ?? 0;
    return one ?? [];
  });
  refuseSecond(
    made.filter(({ filters }) => filters).map(({ table }) => table.name),
    report,
  );
  return { tables: made.map(({ table }) => table), needs: made.map(({ needs }) => needs) };
}

/** Each has a chain of its own that drops what it does not forward: the packets of the others. */
function refuseSecond([first, ...others]: readonly Name[], report: Report): void {
  for (const { text, span } of others)
    report.complain('HK2092', `gateway \`${text}\` would drop what gateway \`${first?.text}\` forwards`, {
      span,
      labels: first && [{ span: first.span, message: 'and this one drops what the other forwards' }],
    });
}

interface MadeGateway {
  readonly table: Ast.Table;
  readonly needs: MachineNeeds;
  /** How many marks it takes. */
  readonly marks: number;
  /** Whether it drops what it does not forward. */
  readonly filters: boolean;
}

function makeGateway(
  gateway: Ast.Gateway,
  mark: number,
  surroundings: Surroundings,
  report: Report,
): MadeGateway | undefined {
  const before = report.errors();
  const lines = readGatewayLines(gateway, report);
  const sides = sidesOf(lines, { scope: surroundings.scope, report });
  const { name, span } = gateway;
  for (const side of ['inside', 'outside'] as const)
    if (report.errors() === before && !lines.some(({ kind }) => kind === side))
      report.complain('HK2065', `gateway \`${name.text}\` has no ${side}`, { span: name.span });
  if (!sides) return undefined;
  const filters = !surroundings.filtered(familiesInside(sides));
  const uplinks = uplinksOf(lines, mark, sides.names);
  const chains = [
    chain(outsidesHead, markRules(uplinks, sides), name.span),
    chain(ownHead, ownRules(uplinks), name.span),
    ...markChains(uplinks).map((one) => chain(plainHead(one.name), one.drafts, name.span)),
    chain(natHead('prerouting', 'dstnat'), destinationRules(lines, sides), name.span),
    chain(natHead('postrouting', 'srcnat'), sourceRules(lines, sides), name.span),
    ...(filters ? [chain(filterHead, forwardRules(lines, sides, name.span), name.span)] : []),
    chain(clampHead, clampRules(lines), name.span),
    chain(helperHead, helperRules(lines, sides), name.span),
  ];
  const items = [...helperObjects(lines), ...chains.filter(({ rules }) => rules.length > 0)];
  return {
    table: { kind: 'table', family: { text: 'inet', span: name.span }, name, items, span },
    needs: needsOf(name.text, sides, uplinks),
    marks: uplinks.length,
    filters,
  };
}

/** Whether a gateway leads packets from outside to hosts inside. */
export function publishes({ lines }: Ast.Gateway): boolean {
  return lines.some((line) => {
    const [first] = line.kind === 'rule' ? line.terms : [];
    return first?.kind === 'word' && (first.text === 'forward' || first.text === 'map');
  });
}

function sidesOf(lines: readonly GatewayLine[], names: Names): Sides | undefined {
  const insides = ofKind(lines, 'inside');
  const outsides = ofKind(lines, 'outside');
  const [inside] = insides;
  const [outside] = outsides;
  if (!inside || !outside) return undefined;
  return {
    insideDevices: setOf(
      insides.flatMap((line) => elementsOf(line, 'on')),
      inside.line.span,
    ),
    insideNets: setOf(
      insides.flatMap((line) => elementsOf(line, 'inside')),
      inside.line.span,
    ),
    outsideDevices: setOf(
      outsides.flatMap((line) => elementsOf(line, 'outside')),
      outside.line.span,
    ),
    names,
  };
}

type Head = Pick<Ast.Chain, 'name' | 'type' | 'hook' | 'priority' | 'policy'>;
type MakeHead = (span: Span) => Head;

function natHead(hook: 'prerouting' | 'postrouting', priority: 'dstnat' | 'srcnat'): MakeHead {
  return (span) => ({
    name: { text: hook, span },
    type: { text: 'nat', span },
    hook: { text: hook, span },
    priority: { base: { text: priority, span }, offset: 0, span },
  });
}

const filterHead: MakeHead = (span) => ({
  name: { text: 'forward', span },
  hook: { text: 'forward', span },
  priority: { base: { text: 'filter', span }, offset: 0, span },
  policy: { text: 'drop', span },
});

const clampHead: MakeHead = (span) => ({
  name: { text: 'clamp', span },
  hook: { text: 'forward', span },
  priority: { base: { text: 'mangle', span }, offset: 0, span },
});

/** Behind conntrack, and before the first look for a route. */
const outsidesHead: MakeHead = (span) => ({
  name: { text: 'outsides', span },
  hook: { text: 'prerouting', span },
  priority: { base: { text: 'mangle', span }, offset: 0, span },
});

/** Where a change of the mark leads to a second look for a route. */
const ownHead: MakeHead = (span) => ({
  name: { text: 'own', span },
  type: { text: 'route', span },
  hook: { text: 'output', span },
  priority: { base: { text: 'mangle', span }, offset: 0, span },
});

function plainHead(text: string): MakeHead {
  return (span) => ({ name: { text, span } });
}

/** Behind conntrack, and before a translation changes the port. */
const helperHead: MakeHead = (span) => ({
  name: { text: 'helpers', span },
  hook: { text: 'prerouting', span },
  priority: { base: { text: 'mangle', span }, offset: 0, span },
});

function chain(head: MakeHead, drafts: readonly Draft[], span: Span): Ast.Chain {
  const rules = drafts.map(({ text, span: at, given }) => ruleFrom(text, at, given));
  return { kind: 'chain', ...head(span), rules, span };
}

/** The inside is protected: nothing comes in but answers, and what a line publishes. */
function forwardRules(lines: readonly GatewayLine[], sides: Sides, span: Span): readonly Draft[] {
  const { insideDevices, insideNets, outsideDevices } = sides;
  const given = { INSIDE: [insideDevices], NETS: [insideNets], OUTSIDE: [outsideDevices] };
  const published = lines.find(({ kind }) => kind === 'forward' || kind === 'map');
  return [
    { text: 'ct state { established, related } accept', given, span },
    { text: 'ct state invalid drop', given, span },
    { text: 'iifname INSIDE saddr NETS oifname OUTSIDE accept', given, span: insideDevices.span },
    { text: 'iifname INSIDE saddr NETS oifname INSIDE accept', given, span: insideDevices.span },
    ...(published ? [draft(published, 'ct status dnat accept', given)] : []),
  ];
}

function clampRules(lines: readonly GatewayLine[]): readonly Draft[] {
  return ofKind(lines, 'clamp').map((line) =>
    draft(line, 'tcp flags syn / syn,rst tcp option maxseg size set rt mtu', {}),
  );
}
