// An edit in words, and as what its author would write: a line of the policy, or a command of the tool that the rule set
// was listed by.

import type { BackEnd } from '../compile.ts';
import { typesNamed } from '../datatype/by-name.ts';
import type { Chain, NamedSet, Rule, Table } from '../ir/ruleset.ts';
import { findChain } from '../ir/ruleset.ts';
import { detectKind, type PolicyKind } from '../load.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { emittedRules } from '../source-map/emitted-rules.ts';
import { handleOf } from '../source-map/sources.ts';
import { type Location, lineText, locationOf, type Span, textOf } from '../text/source.ts';
import { formatRoute } from '../topology/tables.ts';
import type { Edit, HostEdit, Setup } from './edit.ts';
import { hookOf } from './options.ts';
import type { PlannedEdit } from './rule-changes.ts';
import { inLanguage } from './spell-language.ts';

/** An edit for people. */
export interface SpelledEdit {
  readonly kind: Edit['kind'];
  /** `before rule 3 of inet filter input`. */
  readonly text: string;
  /** What is written or run; empty where the line is only taken away, absent where the source has no words for it. */
  readonly command?: string;
  /** The line of the source that it is about. */
  readonly source?: Location;
  /** That line, without its indentation. */
  readonly line?: string;
}

/** Whether an edit can be written where the rules come from. */
export function isWritable(planned: PlannedEdit): boolean {
  return spellEdit(planned).command !== undefined;
}

/** Who says an edit: the language, or the tool that listed the rules. */
type Tongue = 'hook' | 'iptables' | 'nft';

const tongues: Readonly<Record<PolicyKind, Tongue>> = {
  hook: 'hook',
  'iptables-save': 'iptables',
  'ip6tables-save': 'iptables',
  'ipset-save': 'iptables',
  'nft-json': 'nft',
  nft: 'nft',
  snapshot: 'nft',
};

/** The edit, said as the source of the rule set says its rules. */
export function spellEdit({ edit, before, way }: PlannedEdit): SpelledEdit {
  const { kind } = edit;
  if (edit.kind === 'sysctl' || edit.kind === 'route') return spellHostEdit(edit, before);
  const table = before.ruleSet.tables.find(
    (one) => one.family === edit.place.family && one.name === edit.place.table,
  );
  if (!table) return { kind, text: kind };
  const tongue = tongueOf(before);
  if (edit.kind === 'element') return spellElement(tongue, table, edit);
  const chain = findChain(table, edit.place.chain);
  if (!chain) return { kind, text: kind };
  const place = { tongue, table, chain: hooked(chain, way, edit) };
  return spellChainEdit(place, edit);
}

function spellHostEdit(edit: HostEdit, { host }: Setup): SpelledEdit {
  const { kind } = edit;
  const where = `on host ${host?.name}, not in the rules`;
  if (edit.kind === 'sysctl') return { kind, text: where, command: `sysctl -w ${edit.name}=${edit.value}` };
  const { route } = edit;
  const text = `${where}: a route${route.gateway === undefined ? ', or one through a router there' : ''}`;
  const metric = route.family === 6 ? 0 : route.metric;
  return { kind, text, command: `ip route add ${formatRoute({ ...route, metric })}` };
}

/** A chain without a hook is compiled for that at which the packet came to it. */
function hooked(
  chain: Chain,
  way: PlannedEdit['way'],
  { place }: Exclude<Edit, HostEdit | { kind: 'element' }>,
) {
  return { chain, hook: hookOf(way, place) };
}

function tongueOf({ ruleSet }: Setup): Tongue {
  const spans = ruleSet.tables.flatMap(
    (table) => table.span ?? table.chains.flatMap(({ span }) => span ?? []),
  );
  const [span] = spans;
  return span ? tongues[detectKind(span.source)] : 'nft';
}

interface Place {
  readonly tongue: Tongue;
  readonly table: Table;
  readonly chain: { readonly chain: Chain; readonly hook: ReturnType<typeof hookOf> };
}

type ChainEdit = Extract<Edit, { kind: 'insert' | 'replace' | 'remove' | 'policy' }>;
type RuleEdit = Exclude<ChainEdit, { kind: 'policy' }>;

function spellChainEdit(place: Place, edit: ChainEdit): SpelledEdit {
  const { chain } = place.chain;
  const old = edit.kind === 'policy' ? undefined : chain.rules[edit.place.index - 1];
  const position = positionOf(place, edit, old);
  const said = inLanguage(chain, edit, position);
  const command = place.tongue === 'hook' ? said.command : inTool(place, edit, old);
  return {
    kind: edit.kind,
    text:
      place.tongue === 'hook' ? said.text : inLanguage({ name: '', rules: chain.rules }, edit, position).text,
    ...(command !== undefined && { command }),
    ...placeOf(old?.span ?? chain.span),
  };
}

function positionOf({ table, chain: { chain } }: Place, edit: ChainEdit, old: Rule | undefined): string {
  const name = `${table.family} ${table.name} ${chain.name}`;
  if (edit.kind === 'policy') return `the policy of ${name}`;
  return old ? `rule ${edit.place.index} of ${name}${sharing(old, chain)}` : `the end of ${name}`;
}

/** A line of a policy may be several rules. */
function sharing({ span }: Rule, { rules }: Chain): string {
  const same = rules.filter((one) => one.span?.start === span?.start && one.span?.source === span?.source);
  return span && same.length > 1 ? `, one of ${same.length} from that line` : '';
}

function inTool(place: Place, edit: ChainEdit, old: Rule | undefined): string | undefined {
  if (edit.kind !== 'policy')
    return place.tongue === 'iptables' ? asIptables(place, edit, old) : asNft(place, edit, old);
  const {
    table,
    chain: { chain },
  } = place;
  return place.tongue === 'iptables'
    ? `${program(table)} -t ${table.name} -P ${chain.name} ${edit.policy.toUpperCase()}`
    : `nft chain ${table.family} ${table.name} ${chain.name} '{ policy ${edit.policy}; }'`;
}

function asIptables(
  { table, chain: where }: Place,
  edit: RuleEdit,
  old: Rule | undefined,
): string | undefined {
  const { chain } = where;
  const head = `${program(table)} -t ${table.name}`;
  const { index } = edit.place;
  if (edit.kind === 'remove') return `${head} -D ${chain.name} ${index}`;
  const words = spelled(table, where, edit.rule, table.family === 'ip6' ? 'ip6tables' : 'iptables');
  const rest = words?.replace(/^-A \S+ ?/, '');
  if (rest === undefined) return undefined;
  if (edit.kind === 'replace') return `${head} -R ${chain.name} ${index} ${rest}`;
  return old ? `${head} -I ${chain.name} ${index} ${rest}` : `${head} -A ${chain.name} ${rest}`;
}

function asNft({ table, chain: where }: Place, edit: RuleEdit, old: Rule | undefined): string | undefined {
  const { chain } = where;
  const place = `${table.family} ${table.name} ${chain.name}`;
  const number = old && handleOf(old);
  const handle = number === undefined ? undefined : `handle ${number}`;
  if (edit.kind === 'remove') return `nft delete rule ${place} ${handle ?? 'handle HANDLE'}`;
  const text = spelled(table, where, edit.rule, 'nft');
  if (text === undefined) return undefined;
  if (edit.kind === 'replace') return `nft replace rule ${place} ${handle ?? 'handle HANDLE'} ${shell(text)}`;
  if (!old) return `nft add rule ${place} ${shell(text)}`;
  return `nft insert rule ${place} ${handle ?? `index ${edit.place.index - 1}`} ${shell(text)}`;
}

/** The rule alone, as a back end says it; undefined where it takes several for it. */
function spelled(table: Table, { chain, hook }: Place['chain'], rule: Rule, to: BackEnd): string | undefined {
  const base = chain.base ?? { type: 'filter', hook: hook ?? 'forward', priority: 0, policy: 'accept' };
  const alone = { ...table, flags: [], chains: [{ ...chain, base, rules: [rule] }] };
  const found = emittedRules({ tables: [alone] }, to).filter((one) => one.rule === rule);
  return found.length === 1 ? found[0]?.text : undefined;
}

function spellElement(
  tongue: Tongue,
  table: Table,
  { op, set, element }: Extract<Edit, { kind: 'element' }>,
): SpelledEdit {
  const value = writeTuple(typesNamed(set.type) ?? [], element);
  const word = op === 'add' ? 'add' : 'delete';
  const name = `${table.family} ${table.name} ${set.name}`;
  const called = declaredName(set);
  const command = {
    hook: op === 'add' ? `${value} in \`set ${called}\`` : `no ${value} in \`set ${called}\``,
    iptables: `ipset ${op === 'add' ? 'add' : 'del'} ${set.name} ${value}`,
    nft: `nft ${word} element ${name} '{ ${value} }'`,
  }[tongue];
  const text = op === 'add' ? `${value} in @${called}` : `${value} not in @${called}`;
  return { kind: 'element', text, command, ...placeOf(set.span) };
}

/** A set of both families is one for each when it is compiled, under other names. */
function declaredName({ name, span }: NamedSet): string {
  const [, declared = name] = (span && /^set\s+([\w.-]+)\s*:/.exec(textOf(span))) ?? [];
  return declared;
}

function program({ family }: Table): string {
  return family === 'ip6' ? 'ip6tables' : 'iptables';
}

function placeOf(span: Span | undefined): Pick<SpelledEdit, 'source' | 'line'> {
  if (!span) return {};
  const source = locationOf(span);
  return { source, line: lineText(span.source, source.line).trim() };
}

/** In quotes, where a shell would make something else of it. */
function shell(text: string): string {
  return /["{};$`\\<>|&()!*]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
}
