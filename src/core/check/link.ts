// `link` blocks: which interfaces of which hosts a cable or a switch connects; and that the devices of all hosts stand on
// devices that are there.
import { kindOf } from '../device/registry.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Link, LinkEnd } from '../ir/policy.ts';
import type { LinkBlock, Statement } from '../syntax/ast.ts';
import type { Span } from '../text/source.ts';
import type { Host, Interface } from '../topology/host.ts';
import { type Cursor, complainAt, makeCursor, peek, takeWord } from './cursor.ts';
import { readDevice } from './host-value.ts';
import { finishLine, refuseBlock } from './line.ts';
import type { Report } from './report.ts';
import { distinct, type Scope } from './scope.ts';

/** The links; problems are reported. */
export function checkLinks(
  blocks: readonly LinkBlock[],
  hosts: readonly { readonly host: Host; readonly span: Span }[],
  scope: Scope,
  report: Report,
): readonly Link[] {
  const context: Context = { hosts: hosts.map(({ host }) => host), taken: new Map(), scope, report };
  for (const { host, span } of hosts) {
    checkLowers(host, span, context);
    checkWithin(host, span, context);
  }
  return [...distinct(blocks, 'link', report).values()].map((block) => checkLink(block, context));
}

interface Context {
  readonly hosts: readonly Host[];
  /** The interfaces that have a cable already, with the place where that is said. */
  readonly taken: Map<string, Span>;
  readonly scope: Scope;
  readonly report: Report;
}

function checkLink({ name, statements, span }: LinkBlock, context: Context): Link {
  const ends: LinkEnd[] = [];
  let hairpin = false;
  for (const line of statements) {
    const cursor = makeCursor(line.terms, line.span, context.scope, context.report);
    refuseBlock(line, context.report);
    if (takeWord(cursor, 'hairpin')) hairpin = true;
    else {
      const end = readEnd(cursor, line, context);
      if (!end) continue;
      ends.push(end);
    }
    finishLine(cursor);
  }
  if (ends.length < 2 && context.report.errors() === 0)
    context.report.complain('HK6081', `the link \`${name.text}\` has fewer than two ends`, {
      span: name.span,
    });
  return { name: name.text, ends, hairpin, span };
}

/** Takes `gw "wan0"`. */
function readEnd(cursor: Cursor, { span }: Statement, context: Context): LinkEnd | undefined {
  const next = peek(cursor);
  const host = context.hosts.find(({ name }) => next?.term.kind === 'word' && next.term.text === name);
  const names = [...context.hosts.map(({ name }) => name), 'hairpin'];
  if (!host)
    return complainAt(cursor, next, 'HK6081', 'an end of a link is a host and one of its interfaces', {
      help:
        (next?.term.kind === 'word' ? nearestName(next.term.text, names) : undefined) ??
        `for example \`gw "eth0"\`; there is ${names.join(', ')}`,
    });
  cursor.at++;
  const device = readDevice(cursor);
  if (device === undefined) return undefined;
  const problem = endProblem(host, device);
  const key = `${host.name} ${device}`;
  const before = context.taken.get(key);
  if (problem !== undefined) return context.report.complain('HK6081', problem, { span });
  if (before)
    return context.report.complain('HK6081', `\`${device}\` of ${host.name} has a link already`, {
      span,
      labels: [{ span: before, message: 'here' }],
    });
  context.taken.set(key, span);
  return { host: host.name, device };
}

function endProblem({ name, interfaces }: Host, device: string): string | undefined {
  const one = interfaces.find((each) => each.name === device);
  if (!one) return `${name} has no interface \`${device}\``;
  const { hasCable, kind } = kindOf(one);
  return hasCable && device !== 'lo' ? undefined : `\`${device}\` of ${name} is a ${kind}: it has no cable`;
}

/** What a device stands on must be there, and not on the device itself. */
function checkLowers({ name, interfaces }: Host, span: Span, { hosts, report }: Context): void {
  for (const one of interfaces) {
    const lower = one.type?.lower;
    if (!lower) continue;
    const host = hosts.find((each) => each.name === (lower.host ?? name));
    const found = host?.interfaces.find((each) => each.name === lower.device);
    const text = `\`${one.name}\` of ${name} stands on \`${lower.device}\` of ${lower.host ?? name}`;
    if (!found) report.complain('HK6080', `${text}, which is not there`, { span });
    else if (standsOn(one, name, hosts)) report.complain('HK6080', `${text}, which stands on it`, { span });
  }
}

/** A host is inside of one that is there, and not of itself. */
function checkWithin({ name, within }: Host, span: Span, { hosts, report }: Context): void {
  if (within === undefined) return;
  const outer = new Set<string>();
  for (let at: string | undefined = within; at !== undefined && !outer.has(at); ) {
    outer.add(at);
    at = hosts.find((one) => one.name === at)?.within;
  }
  const names = hosts.map((one) => one.name);
  const help = nearestName(within, names);
  if (!names.includes(within))
    report.complain('HK6083', `\`${name}\` is inside of \`${within}\`, which is not there`, { span, help });
  else if (outer.has(name)) report.complain('HK6083', `\`${name}\` is inside of itself`, { span });
}

/** Whether the way down from a device comes back to it. */
function standsOn(one: Interface, host: string, hosts: readonly Host[]): boolean {
  let at: { readonly host: string; readonly device: Interface } | undefined = { host, device: one };
  for (let depth = 0; at && depth <= hosts.length + 64; depth++) {
    const lower: Interface['type'] = at.device.type;
    const below: string = lower?.lower?.host ?? at.host;
    const device: Interface | undefined = hosts
      .find(({ name }) => name === below)
      ?.interfaces.find(({ name }) => name === lower?.lower?.device);
    if (device === one && below === host) return true;
    at = device && { host: below, device };
  }
  return at !== undefined;
}
