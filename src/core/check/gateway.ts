// `gateway NAME`: the table that a NAT gateway becomes. Nothing in it is hidden: it is what a person would write, and each
// rule stands where the line does that asked for it.
import type * as Ast from '../syntax/ast.ts';
import { type Given, ruleFrom } from '../syntax/template.ts';
import type { Span } from '../text/source.ts';
import { type GatewayLine, type LineKind, readGatewayLines } from './gateway-line.ts';
import { shiftPorts } from './gateway-ports.ts';
import type { Report } from './report.ts';
import { findConstant, type Scope } from './scope.ts';

/** What stands around the gateways of a policy. */
export interface Surroundings {
  /** Something else decides what is forwarded; the gateway then only translates. */
  readonly filtered: boolean;
  readonly scope: Scope;
}

/** The table of a gateway; undefined where it has no inside or no outside. */
export function gatewayTable(
  gateway: Ast.Gateway,
  surroundings: Surroundings,
  report: Report,
): Ast.Table | undefined {
  const before = report.errors();
  const lines = readGatewayLines(gateway, report);
  const sides = sidesOf(lines, surroundings.scope);
  const { name, span } = gateway;
  for (const side of ['inside', 'outside'] as const)
    if (report.errors() === before && !lines.some(({ kind }) => kind === side))
      report.complain('HK2065', `gateway \`${name.text}\` has no ${side}`, { span: name.span });
  if (!sides) return undefined;
  const chains = [
    chain(natHead('prerouting', 'dstnat'), destinationRules(lines, sides, report), name.span),
    chain(natHead('postrouting', 'srcnat'), sourceRules(lines, sides), name.span),
    ...(surroundings.filtered ? [] : [chain(filterHead, forwardRules(lines, sides, name.span), name.span)]),
    chain(clampHead, clampRules(lines), name.span),
  ];
  return {
    kind: 'table',
    family: { text: 'inet', span: name.span },
    name,
    items: chains.filter(({ rules }) => rules.length > 0),
    span,
  };
}

/** Whether a gateway leads packets from outside to hosts inside. */
export function publishes({ lines }: Ast.Gateway): boolean {
  return lines.some((line) => {
    const [first] = line.kind === 'rule' ? line.terms : [];
    return first?.kind === 'word' && (first.text === 'forward' || first.text === 'map');
  });
}

/** The interfaces and networks of both sides, as elements of sets. */
interface Sides {
  readonly insideDevices: Ast.Braces;
  readonly insideNets: Ast.Braces;
  readonly outsideDevices: Ast.Braces;
  readonly scope: Scope;
}

function sidesOf(lines: readonly GatewayLine[], scope: Scope): Sides | undefined {
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
    scope,
  };
}

function ofKind(lines: readonly GatewayLine[], kind: LineKind): readonly GatewayLine[] {
  return lines.filter((line) => line.kind === kind);
}

function setOf(elements: readonly Ast.Element[], span: Span): Ast.Braces {
  return { kind: 'braces', elements, span };
}

function elementsOf({ parts, line }: GatewayLine, part: string): readonly Ast.Element[] {
  const groups: Ast.Term[][] = [[]];
  for (const term of parts.get(part) ?? []) {
    if (term.kind === 'mark' && term.text === ',') groups.push([]);
    else groups.at(-1)?.push(term);
  }
  return groups.filter((terms) => terms.length > 0).map((terms) => ({ terms, span: line.span }));
}

/** A line of the output: a template and what its capital words stand for. */
interface Draft {
  readonly text: string;
  readonly given: Given;
  readonly span: Span;
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

function chain(head: MakeHead, drafts: readonly Draft[], span: Span): Ast.Chain {
  const rules = drafts.map(({ text, span: at, given }) => ruleFrom(text, at, given));
  return { kind: 'chain', ...head(span), rules, span };
}

/** What comes to an address of the gateway, or to a public address of a host inside. */
function destinationRules(lines: readonly GatewayLine[], sides: Sides, report: Report): readonly Draft[] {
  const forwards = ofKind(lines, 'forward').flatMap((line) => forwardDrafts(line, sides, report));
  const maps = ofKind(lines, 'map').map((line) =>
    draft(line, 'iifname DEVICES daddr PUBLIC dnat to TARGET', {
      DEVICES: [devicesFor(line, sides)],
      PUBLIC: line.parts.get('map') ?? [],
      TARGET: line.parts.get('to') ?? [],
    }),
  );
  return [...forwards, ...maps];
}

/** With `hairpin` hosts inside reach the service at the public address too. */
function devicesFor({ parts }: GatewayLine, { insideDevices, outsideDevices }: Sides): Ast.Braces {
  if (!parts.has('hairpin')) return outsideDevices;
  return setOf([...outsideDevices.elements, ...insideDevices.elements], outsideDevices.span);
}

function forwardDrafts(line: GatewayLine, sides: Sides, report: Report): readonly Draft[] {
  const [protocol, ...ports] = line.parts.get('forward') ?? [];
  const target = line.parts.get('to') ?? [];
  const { span } = line.line;
  const shift = shiftPorts(protocol?.kind === 'word' ? protocol.text : '', ports, target, span);
  if (shift.kind === 'wrong') {
    report.complain('HK2065', shift.message, { span });
    return [];
  }
  const isShifted = shift.kind === 'shifted';
  const given = {
    DEVICES: [devicesFor(line, sides)],
    NETS: [sides.insideNets],
    PROTOCOL: protocol ? [protocol] : [],
    PORTS: ports,
    TARGET: isShifted ? shift.target : target,
  };
  const notInside = line.parts.has('hairpin') ? 'daddr != NETS ' : '';
  const condition = isShifted ? 'meta l4proto PROTOCOL' : 'PROTOCOL dport PORTS';
  const text = `iifname DEVICES ${familyTest(target, sides)}${notInside}fib daddr type local ${condition} dnat to TARGET`;
  return [draft(line, text, given)];
}

/** A translation is for packets of its addresses' version only. */
function familyTest(target: readonly Ast.Term[], { scope }: Sides): string {
  const version = versionOf(target, scope, 0);
  return version === undefined ? '' : `meta nfproto ${version} `;
}

/** What the first address says; constants may lead to it. */
function versionOf(terms: readonly Ast.Term[], scope: Scope, depth: number): 'ipv4' | 'ipv6' | undefined {
  for (const term of terms) {
    if (term.kind === 'ipv4' || term.kind === 'ipv6') return term.kind;
    const constant = term.kind === 'word' && depth < 100 ? findConstant(scope, term.text) : undefined;
    const found = constant && versionOf(constant.value, constant.scope, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function draft(line: GatewayLine, text: string, given: Given): Draft {
  return { text, given, span: line.line.span };
}

/** What leaves, from the exceptions to the rule. */
function sourceRules(lines: readonly GatewayLine[], sides: Sides): readonly Draft[] {
  const excluded = ofKind(lines, 'exclude').map((line) =>
    draft(line, 'daddr NETS return', { NETS: line.parts.get('exclude') ?? [] }),
  );
  const maps = ofKind(lines, 'map').map((line) =>
    draft(line, 'oifname DEVICES saddr PRIVATE snat to PUBLIC', {
      DEVICES: [sides.outsideDevices],
      PRIVATE: line.parts.get('to') ?? [],
      PUBLIC: line.parts.get('map') ?? [],
    }),
  );
  const hairpin = lines.find(({ parts }) => parts.has('hairpin'));
  const hairpins = hairpin
    ? [
        draft(hairpin, 'oifname DEVICES saddr NETS ct status dnat masquerade', {
          DEVICES: [sides.insideDevices],
          NETS: [sides.insideNets],
        }),
      ]
    : [];
  const outsides = ofKind(lines, 'outside').flatMap((line) => outsideDrafts(line, sides));
  return [...excluded, ...maps, ...hairpins, ...outsides];
}

/** IPv6 is translated where that is asked for; ports are for protocols that have some, the others go without. */
function outsideDrafts(line: GatewayLine, sides: Sides): readonly Draft[] {
  const { parts } = line;
  const pooled = familyTest(parts.get('to') ?? [], sides);
  const families = parts.has('snat') ? pooled : parts.has('nat66') ? '' : 'meta nfproto ipv4 ';
  const given = {
    DEVICES: [setOf(elementsOf(line, 'outside'), line.line.span)],
    NETS: [sides.insideNets],
    POOL: parts.get('to') ?? [],
    PORTS: parts.get('ports') ?? [],
  };
  const flags = ['persistent', 'random', 'fully-random'].filter((flag) => parts.has(flag)).join(',');
  const condition = `oifname DEVICES ${families}saddr NETS`;
  const target = parts.has('masquerade') ? 'masquerade' : parts.has('snat') ? 'snat to POOL' : undefined;
  if (target === undefined) return [];
  if (!parts.has('ports')) return [draft(line, `${condition} ${target} ${flags}`, given)];
  const ports = parts.has('masquerade') ? 'masquerade to :PORTS' : 'snat to POOL:PORTS';
  return [
    draft(line, `${condition} meta l4proto { tcp, udp } ${ports} ${flags}`, given),
    draft(line, `${condition} ${target} ${flags}`, given),
  ];
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
