// A dump cut into its tables, before any rule is read: `*table`, lines, `COMMIT` (iptables/iptables-restore.c).
import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { type Help, nearestWord } from '../diagnostic/meant.ts';
import type { Source, Span } from '../text/source.ts';
import { isTableName, type TableName, tableNames } from './builtin.ts';

/** A line without its end, as offsets into the source. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

/** One table of the dump with the lines of its chains and of its rules. */
export interface Block {
  readonly name: TableName;
  readonly header: Line;
  readonly chains: readonly Line[];
  readonly rules: readonly Line[];
}

interface OpenBlock {
  /** Undefined in a table that iptables doesn't have; its lines are passed over. */
  readonly name: TableName | undefined;
  readonly header: Line;
  readonly chains: Line[];
  readonly rules: Line[];
}

interface State {
  readonly source: Source;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly blocks: Block[];
  open: OpenBlock | undefined;
  hasCarriageReturns: boolean;
}

/** Finds the tables; reports lines that belong to none. */
export function readBlocks(source: Source, report: (diagnostic: Diagnostic) => void): readonly Block[] {
  const state: State = { source, report, blocks: [], open: undefined, hasCarriageReturns: false };
  for (let start = 0; start < source.text.length; ) {
    const next = source.text.indexOf('\n', start);
    const end = next === -1 ? source.text.length : next;
    readLine(state, withoutCarriageReturn(state, start, end));
    start = end + 1;
  }
  if (state.open) reportOpen(state, state.open);
  return state.blocks;
}

function fail(state: State, code: Code, message: string, line: Line, help?: Help): void {
  const span: Span = { source: state.source, ...line };
  state.report(diagnostic(code, message, { span, help }));
}

function withoutCarriageReturn(state: State, start: number, end: number): Line {
  if (end === start || state.source.text.charCodeAt(end - 1) !== 13) return { start, end };
  if (!state.hasCarriageReturns) {
    const help = 'convert the file, for example with `tr -d "\\r"`';
    fail(state, 'HK5003', 'the line ends with a carriage return', { start: end - 1, end }, help);
  }
  state.hasCarriageReturns = true;
  return { start, end: end - 1 };
}

function readLine(state: State, line: Line): void {
  const { text } = state.source;
  const first = text[line.start];
  if (line.start === line.end || first === '#') return;
  if (first === '*') openBlock(state, line);
  else if (text.startsWith('COMMIT', line.start) && line.start + 6 <= line.end) commit(state, line);
  else if (isBlank(text, line)) return;
  else if (!state.open)
    fail(
      state,
      'HK5008',
      'this line stands in no table',
      line,
      'a table begins with a line such as `*filter`',
    );
  else (first === ':' ? state.open.chains : state.open.rules).push(line);
}

function isBlank(text: string, { start, end }: Line): boolean {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at === end;
}

function openBlock(state: State, line: Line): void {
  if (state.open) reportOpen(state, state.open);
  const name = state.source.text.slice(line.start + 1, line.end).trimEnd();
  const known = isTableName(name) ? name : undefined;
  if (!known) fail(state, 'HK5004', `iptables has no table \`${name}\``, line, nearestWord(name, tableNames));
  state.open = { name: known, header: line, chains: [], rules: [] };
}

function commit(state: State, line: Line): void {
  const { open } = state;
  if (line.end - line.start > 6)
    fail(state, 'HK5013', 'there is something behind `COMMIT`', { start: line.start + 6, end: line.end });
  if (!open) fail(state, 'HK5008', '`COMMIT` stands in no table', line);
  else close(state, open);
  state.open = undefined;
}

function close({ blocks }: State, { name, ...lines }: OpenBlock): void {
  if (name) blocks.push({ name, ...lines });
}

/** The table is read all the same, so that its own problems are reported too. */
function reportOpen(state: State, open: OpenBlock): void {
  fail(
    state,
    'HK5002',
    `table \`${open.name ?? ''}\` has no \`COMMIT\``,
    open.header,
    'the dump may have been cut off',
  );
  close(state, open);
}
