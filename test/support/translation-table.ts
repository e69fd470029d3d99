// The tables that put a rule of another tool and one of a policy side by side, and what is true of a row.
import { compile } from '../../src/core/compile.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';

/** A row: lines of the other tool, lines of the policy, and what `import` writes where that is something else. */
export interface Row {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly imported: readonly string[];
}

/** Where the rules of a row stand. */
interface Place {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** The rows of every table with these words as its head. */
export function rowsOf(page: string, head: string): readonly Row[] {
  const lines = page.split('\n');
  const rows: Row[] = [];
  for (const [index, line] of lines.entries())
    if (line === head)
      for (let next = index + 2; lines[next]?.startsWith('|'); next++) rows.push(rowOf(lines[next] ?? ''));
  return rows;
}

function rowOf(line: string): Row {
  const [theirs = [], ours = [], imported = []] = line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(codes);
  return { theirs, ours, imported: imported.length > 0 ? imported : ours };
}

/** The code in a cell; lines have a `<br>` between them, and a `|` in them is escaped. */
function codes(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|'));
}

/** What iptables is given for the lines of a policy, in the words of `iptables -t TABLE -A CHAIN …`, and what import makes of that. */
export function iptablesRow({ theirs: [first = ''], ours }: Row): Row {
  const [, table = 'filter', chain = ''] = /^(?:-t (\w+) )?-A (\w+)/.exec(first) ?? [];
  const text = compiled({ family: 'ip', table, chain }, ours, 'iptables');
  const prefix = table === 'filter' ? '' : `-t ${table} `;
  const rules = text.split('\n').filter((line) => line.startsWith(`-A ${chain} `));
  return {
    theirs: rules.map((line) => prefix + line),
    ours,
    imported: importedRules(text, 'iptables-save', chain),
  };
}

/** What nft is given for the lines of a policy, and what import makes of that. */
export function nftRow({ ours }: Row): Row {
  const place = nftPlace(ours.join(' '));
  const text = compiled(place, ours, 'nft');
  const body =
    new RegExp(`^\\tchain ${place.chain} \\{\\n\\t\\ttype .*\\n((?:\\t\\t.*\\n)*)`, 'm').exec(text)?.[1] ??
    '';
  return { theirs: linesOf(body), ours, imported: importedRules(text, 'nft', place.chain) };
}

/** Translation stands in a table of IPv4, everything else in one of both families. */
function nftPlace(rule: string): Place {
  if (/\b(?:dnat|redirect)\b/.test(rule)) return { family: 'ip', table: 'nat', chain: 'PREROUTING' };
  if (/\b(?:snat|masquerade)\b/.test(rule)) return { family: 'ip', table: 'nat', chain: 'POSTROUTING' };
  return { family: 'inet', table: 'filter', chain: rule.includes('notrack') ? 'PREROUTING' : 'INPUT' };
}

function compiled(
  { family, table, chain }: Place,
  rules: readonly string[],
  backEnd: 'iptables' | 'nft',
): string {
  const hook = family === 'inet' && chain === 'PREROUTING' ? 'hook prerouting priority raw' : '';
  const text = `set admins : ipv4_addr = { 10.0.0.10 }
table ${family} ${table} {
chain ${chain} ${hook} {\n${rules.join('\n')}\n}
chain web { accept }
}\n`;
  const { value, diagnostics } = loadPolicy({ name: 'row.hook', text }, 'hook');
  const result = value && compile(value.ruleSet, backEnd);
  if (result?.value === undefined || result.diagnostics.length > 0)
    throw new Error(renderDiagnostics([...diagnostics, ...(result?.diagnostics ?? [])], { color: false }));
  return result.value;
}

/** The rules of this chain in the policy that import writes. */
function importedRules(text: string, kind: PolicyKind, chain: string): readonly string[] {
  const { value } = loadPolicy({ name: 'row', text }, kind);
  const policy = (value && writePolicy(value.ruleSet, { origin: 'row', fold: kind !== 'nft' }).value) ?? '';
  return linesOf(new RegExp(`^ {2}chain ${chain} .*\\{\\n((?: {4}.*\\n)*)`, 'm').exec(policy)?.[1] ?? '');
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
