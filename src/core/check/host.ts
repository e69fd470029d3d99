// `host` blocks: interfaces, routes, rules and sysctls as they are declared, and the host that they make.
import type { HostBlock, Statement } from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import type { AddressFacts, InterfaceFacts, RouteFacts, RuleFacts, SysctlFact } from '../topology/facts.ts';
import type { Host, Listener } from '../topology/host.ts';
import { makeHost } from '../topology/make-host.ts';
import { type Cursor, complainAt, peek, takeMark } from './cursor.ts';
import { readInterfaceAddress } from './host-address.ts';
import { readListeners } from './host-listen.ts';
import { readRoute, readRule } from './host-route.ts';
import { readCount, readDevice } from './host-value.ts';
import { finishLine, type LineReaders, readLines, refuseBlock } from './line.ts';
import { nextValue } from './operand.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** The host that a block declares; problems of the facts themselves are reported by makeHost. */
export function checkHost({ name, statements }: HostBlock, scope: Scope, report: Report): Host | undefined {
  const before = report.errors();
  const interfaces: InterfaceFacts[] = [];
  const routes: RouteFacts[] = [];
  const rules: RuleFacts[] = [];
  const sysctls: SysctlFact[] = [];
  const listening: (readonly Listener[])[] = [];
  const readers = new Map([
    ['interface', into(interfaces, (cursor, line) => readInterface(cursor, line, scope, report))],
    [
      'route',
      withoutBlock(
        report,
        into(routes, (cursor, line) => readRoute(cursor, line.span)),
      ),
    ],
    ['rule', withoutBlock(report, into(rules, readRule))],
    ['sysctl', withoutBlock(report, into(sysctls, readSysctl))],
    ['listen', withoutBlock(report, into(listening, readListeners))],
  ]);
  readLines(statements, readers, scope, report);
  if (report.errors() > before) return undefined;
  const facts = { name: name.text, interfaces, routes, rules, sysctls };
  const { value, diagnostics } = makeHost({
    ...facts,
    ...(listening.length > 0 && { listening: listening.flat() }),
  });
  report.add(diagnostics);
  return value;
}

type LineReader = (cursor: Cursor, line: Statement) => void;

/** Collects what is read; where something is, the line must end behind it. */
function into<Facts>(
  list: Facts[],
  read: (cursor: Cursor, line: Statement) => Facts | undefined,
): LineReader {
  return (cursor, line) => {
    const facts = read(cursor, line);
    if (facts === undefined) return;
    list.push(facts);
    finishLine(cursor);
  };
}

function withoutBlock(report: Report, read: LineReader): LineReader {
  return (cursor, line) => {
    read(cursor, line);
    refuseBlock(line, report);
  };
}

function readInterface(
  cursor: Cursor,
  { block, span }: Statement,
  scope: Scope,
  report: Report,
): InterfaceFacts | undefined {
  const name = readDevice(cursor);
  const addresses: AddressFacts[] = [];
  const mtus: number[] = [];
  const macs: bigint[] = [];
  const groups: number[] = [];
  const masters: string[] = [];
  const downs: true[] = [];
  const readers: LineReaders = new Map([
    ['address', into(addresses, readInterfaceAddress)],
    ['mtu', into(mtus, (inner) => readCount(inner))],
    ['group', into(groups, (inner) => readCount(inner))],
    ['mac', into(macs, readMac)],
    ['master', into(masters, readDevice)],
    ['down', into(downs, () => true as const)],
  ]);
  readLines(block ?? [], readers, scope, report);
  const [mtu, mac, group, down] = [mtus.at(-1), macs.at(-1), groups.at(-1), downs.at(-1)];
  const master = masters.at(-1);
  if (name === undefined) return undefined;
  return {
    name,
    addresses,
    span,
    ...(mtu !== undefined && { mtu }),
    ...(mac !== undefined && { mac }),
    ...(group !== undefined && { group }),
    ...(master !== undefined && { master }),
    ...(down && { up: false }),
  };
}

function readMac(cursor: Cursor): bigint | undefined {
  const at = nextValue(cursor, 'a MAC address');
  if (!at) return undefined;
  cursor.at++;
  if (at.term.kind === 'mac') return BigInt(`0x${at.term.text.replaceAll(':', '')}`);
  return complainAt(cursor, at, 'HK3007', `expected a MAC address, found \`${textOf(at.term.span)}\``);
}

function readSysctl(cursor: Cursor): SysctlFact | undefined {
  const name = peek(cursor)?.term;
  if (name?.kind !== 'word')
    return complainAt(cursor, peek(cursor), 'HK3009', 'the name of a sysctl is missing');
  cursor.at++;
  if (!takeMark(cursor, '='))
    return complainAt(cursor, peek(cursor), 'HK3009', '`=` is missing behind the name');
  const sign = takeMark(cursor, '-') ? '-' : '';
  const value = nextValue(cursor, 'the value of the sysctl');
  if (!value) return undefined;
  cursor.at++;
  const { term } = value;
  return { name: name.text, value: `${sign}${term.kind === 'string' ? term.value : textOf(term.span)}` };
}
