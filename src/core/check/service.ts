// Services: what a declaration says about protocols and ports, and the conditions that `service NAME` stands for.
import { knownService, knownServiceNames } from '../datatype/known-services.ts';
import { protocol } from '../datatype/types.ts';
import { nearestName } from '../diagnostic/meant.ts';
import { findCycles } from '../ir/graph.ts';
import type { Service } from '../syntax/ast.ts';
import type { Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import type { Report } from './report.ts';
import { distinct } from './scope.ts';

/** The services of a policy by name. */
export type Services = ReadonlyMap<string, Service>;

/** What one protocol's packets of a service are told by: a match with its value, as terms of a rule. */
export type Condition = readonly Term[];

/** Reads the declarations; reports double names, cycles, and members that are no service. */
export function declareServices(items: readonly Service[], report: Report): Services {
  const declared = distinct(items, 'service', report);
  const cyclic = reportCycles(declared, report);
  const services = new Map(
    [...declared].map(([name, service]) => [name, cyclic.has(name) ? withoutMembers(service) : service]),
  );
  for (const service of services.values())
    for (const member of service.members.elements) checkMember(member, services, report);
  return services;
}

function withoutMembers(service: Service): Service {
  return { ...service, members: { ...service.members, elements: [] } };
}

/** One condition for each protocol that the service uses; undefined for an unknown name. */
export function conditionsOf(name: string, services: Services, span: Span): readonly Condition[] | undefined {
  const members = membersOf(name, services, span);
  return members && groupByProtocol(members);
}

/** The names of all services, for did-you-mean. */
export function serviceNames(services: Services): readonly string[] {
  return [...services.keys(), ...knownServiceNames];
}

/** A member of a service that names no other: the words of its match, and its value. */
interface Member {
  readonly key: string;
  readonly value: readonly Term[];
  readonly span: Span;
}

/** Protocols with ports, whose members are `tcp 80`. */
const ported = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);
/** Protocols with types, whose members are `icmp echo-request`. */
const typed = new Set(['icmp', 'icmpv6']);

/** Each service is taken once, however many others hold it: those that hold one twice would grow without measure. */
function membersOf(
  name: string,
  services: Services,
  span: Span,
  taken = new Set<string>(),
): readonly Member[] | undefined {
  const service = services.get(name);
  if (service && taken.has(name)) return [];
  taken.add(name);
  if (service) return service.members.elements.flatMap((one) => membersIn(one, services, taken) ?? []);
  return knownService(name)?.map((text) => knownMember(text, span));
}

/** A member as a policy would write it, standing where the service is used. */
function knownMember(text: string, span: Span): Member {
  const [word = '', rest = ''] = text.split(' ');
  if (rest === '') return { key: 'meta l4proto', value: [wordAt(word, span)], span };
  if (typed.has(word)) return { key: `${word} type`, value: [wordAt(rest, span)], span };
  const [low = '', high] = rest.split('-');
  const first = numberAt(low, span);
  const value: readonly Term[] =
    high === undefined ? [first] : [first, { kind: 'mark', text: '-', span }, numberAt(high, span)];
  return { key: `${word} dport`, value, span };
}

/** The members that an element stands for; undefined where it is none. */
function membersIn(
  { terms, span }: Element,
  services: Services,
  taken?: Set<string>,
): readonly Member[] | undefined {
  const [first, ...value] = terms;
  if (first?.kind !== 'word') return undefined;
  const { text } = first;
  if (value.length > 0 && ported.has(text)) return [{ key: `${text} dport`, value, span }];
  if (value.length > 0 && typed.has(text)) return [{ key: `${text} type`, value, span }];
  if (value.length > 0) return undefined;
  return services.has(text) || protocol.parse(text) === undefined
    ? membersOf(text, services, span, taken)
    : [{ key: 'meta l4proto', value: [first], span }];
}

function checkMember(member: Element, services: Services, report: Report): void {
  if (!member.mapped && membersIn(member, services)) return;
  const [first] = member.terms;
  const text = first?.kind === 'word' ? first.text : '';
  const meant = nearestName(text, [...serviceNames(services), ...ported, ...typed]);
  report.complain('HK2056', 'this is no member of a service', {
    span: member.span,
    help: meant?.meant === text ? undefined : meant,
  });
}

function groupByProtocol(members: readonly Member[]): readonly Condition[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) groups.set(member.key, [...(groups.get(member.key) ?? []), member]);
  return [...groups].map(([key, group]) => conditionOf(key, group));
}

function conditionOf(key: string, group: readonly Member[]): Condition {
  const [first, ...others] = group;
  if (!first) return [];
  const { span } = first;
  const words = key.split(' ').map((text) => wordAt(text, span));
  const elements = group.map((member) => ({ terms: member.value, span: member.span }));
  return others.length === 0 ? [...words, ...first.value] : [...words, { kind: 'braces', elements, span }];
}

function wordAt(text: string, span: Span): Term {
  return { kind: 'word', text, span };
}

function numberAt(text: string, span: Span): Term {
  return { kind: 'number', value: BigInt(text), text, span };
}

/** Names of the services that lead back to themselves; each cycle is reported once, as a path. */
function reportCycles(services: Services, report: Report): ReadonlySet<string> {
  const cycles = findCycles(services.keys(), (name) =>
    (services.get(name)?.members.elements ?? []).flatMap(({ terms, span }) => {
      const [only, ...others] = terms;
      const leads = only?.kind === 'word' && others.length === 0 && services.has(only.text);
      return leads ? [{ to: only.text, span }] : [];
    }),
  );
  for (const cycle of cycles) {
    const start = services.get(cycle.at(-1)?.to ?? '');
    const path = [start?.name.text, ...cycle.map((edge) => edge.to)].join(' → ');
    report.complain('HK2057', `service \`${start?.name.text}\` is made of itself: ${path}`, {
      span: start?.name.span,
      labels: cycle.map(({ to, span }) => ({ span, message: `leads to \`${to}\`` })),
    });
  }
  return new Set(cycles.flat().map(({ to }) => to));
}
