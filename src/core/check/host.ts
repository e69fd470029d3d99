// `host` blocks: interfaces, routes, rules and sysctls as they are declared, and the host that they make.
import type { HostPlace } from '../machine/contradictions.ts';
import type { HostBlock, Statement } from '../syntax/ast.ts';
import { type Span, textOf } from '../text/source.ts';
import type { InterfaceFacts, RouteFacts, RuleFacts, SysctlFact } from '../topology/facts.ts';
import type { Host, Listener } from '../topology/host.ts';
import { makeHost } from '../topology/make-host.ts';
import { type Cursor, complainAt, peek, takeMark, takeWord } from './cursor.ts';
import { into, readInterface } from './host-interface.ts';
import { readListeners } from './host-listen.ts';
import { readRoute, readRule } from './host-route.ts';
import { readLines, refuseBlock } from './line.ts';
import { nextValue } from './operand.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** A host, and where the rules stand that are its own. */
export interface CheckedHost {
  readonly host: Host;
  /** The file that a line `policy "…"` names; `none` for a host without rules. */
  readonly policy?: PolicyPlace;
  readonly place: HostPlace;
}

/** Where the rules of a host are, that are not written in its block. */
export type PolicyPlace = 'none' | RulesElsewhere;

/** Names another file, of any kind that a policy may be. */
export interface RulesElsewhere {
  readonly path: string;
  readonly span: Span;
}

/** The host that a block declares; problems of the facts themselves are reported by makeHost. */
export function checkHost(
  { name, statements }: HostBlock,
  scope: Scope,
  report: Report,
): CheckedHost | undefined {
  const before = report.errors();
  const interfaces: InterfaceFacts[] = [];
  const routes: RouteFacts[] = [];
  const rules: RuleFacts[] = [];
  const sysctls: SysctlFact[] = [];
  const listening: (readonly Listener[])[] = [];
  const withins: string[] = [];
  const policies: PolicyPlace[] = [];
  const readers = new Map([
    [
      'interface',
      into(
        (cursor, line) => readInterface(cursor, line, scope, report),
        (one) => interfaces.push(one),
      ),
    ],
    [
      'route',
      withoutBlock(
        report,
        into(
          (cursor, line) => readRoute(cursor, line.span),
          (one) => routes.push(one),
        ),
      ),
    ],
    [
      'rule',
      withoutBlock(
        report,
        into(readRule, (one) => rules.push(one)),
      ),
    ],
    [
      'sysctl',
      withoutBlock(
        report,
        into(readSysctl, (one) => sysctls.push(one)),
      ),
    ],
    [
      'within',
      withoutBlock(
        report,
        into(readHostName, (one) => withins.push(one)),
      ),
    ],
    [
      'policy',
      withoutBlock(
        report,
        into(readPolicyPlace, (one) => policies.push(one)),
      ),
    ],
    [
      'listen',
      withoutBlock(
        report,
        into(readListeners, (one) => listening.push(one)),
      ),
    ],
  ]);
  readLines(statements, readers, scope, report);
  if (report.errors() > before) return undefined;
  const [within, policy] = [withins.at(-1), policies.at(-1)];
  const facts = {
    name: name.text,
    interfaces,
    routes,
    rules,
    sysctls,
    ...(within !== undefined && { within }),
  };
  const { value, diagnostics } = makeHost({
    ...facts,
    ...(listening.length > 0 && { listening: listening.flat() }),
  });
  report.add(diagnostics);
  const lines = new Map(sysctls.flatMap((one) => (one.span ? [[one.name, one.span] as const] : [])));
  const place = { name: name.span, sysctls: lines };
  return value && { host: value, place, ...(policy !== undefined && { policy }) };
}

type LineReader = (cursor: Cursor, line: Statement) => void;

function withoutBlock(report: Report, read: LineReader): LineReader {
  return (cursor, line) => {
    read(cursor, line);
    refuseBlock(line, report);
  };
}

function readSysctl(cursor: Cursor, { span }: Statement): SysctlFact | undefined {
  const name = peek(cursor)?.term;
  if (name?.kind !== 'word' && name?.kind !== 'string')
    return complainAt(cursor, peek(cursor), 'HK3009', 'the name of a sysctl is missing');
  cursor.at++;
  if (!takeMark(cursor, '='))
    return complainAt(cursor, peek(cursor), 'HK3009', '`=` is missing behind the name');
  const sign = takeMark(cursor, '-') ? '-' : '';
  const value = nextValue(cursor, 'the value of the sysctl');
  if (!value) return undefined;
  cursor.at++;
  const { term } = value;
  const text = term.kind === 'string' ? term.value : textOf(term.span);
  return { name: name.kind === 'string' ? name.value : name.text, value: `${sign}${text}`, span };
}

/** Takes the name of a host. */
function readHostName(cursor: Cursor): string | undefined {
  const next = peek(cursor);
  if (next?.term.kind !== 'word') return complainAt(cursor, next, 'HK3009', 'the name of a host is missing');
  cursor.at++;
  return next.term.text;
}

function readPolicyPlace(cursor: Cursor): PolicyPlace | undefined {
  if (takeWord(cursor, 'none')) return 'none';
  const next = peek(cursor);
  if (next?.term.kind !== 'string')
    return complainAt(cursor, next, 'HK3009', 'a file in double quotes is missing, or `none`');
  cursor.at++;
  return { path: next.term.value, span: next.term.span };
}
