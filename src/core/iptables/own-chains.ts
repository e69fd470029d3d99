// Chains of one's own beside those of others: the rules of a dump for `iptables-restore`, in chains that the built-in ones
// jump to first, and the text that brings them from one state to another and leaves everything else as it is.

/** The chains of one's own in a table, and what leads to them. */
export interface OwnTable {
  readonly name: string;
  readonly chains: readonly OwnChain[];
  /** Built-in chains that jump to a chain of one's own, in order. */
  readonly jumps: readonly Jump[];
  /** Which generation it is of. */
  readonly mark: string | undefined;
}

export interface OwnChain {
  readonly name: string;
  /** What stands behind `-A NAME `. */
  readonly rules: readonly string[];
}

interface Jump {
  readonly from: string;
  readonly to: string;
  /** It is the first rule of the chain that it is in. */
  readonly first: boolean;
}

const prefix = 'HOOKLINE-';
const markPrefix = 'HOOKLINE.';

/** xtables: the name of a chain is shorter than this (include/uapi/linux/netfilter/x_tables.h: XT_EXTENSION_MAXNAMELEN). */
const longestName = 28;

/** What a chain is called among those of others; too long names end in a digest of the whole. */
function ownChainName(chain: string): string {
  const whole = `${prefix}${chain}`;
  return whole.length <= longestName ? whole : `${whole.slice(0, longestName - 9)}-${digest(chain)}`;
}

/** FNV-1a of 32 bits. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** The chain without rules that names a generation. */
function markChain(mark: string): string {
  return `${markPrefix}${mark.replace(/^generation_/, '')}`;
}

/** A table as `iptables-save` prints it. */
interface Dumped {
  readonly name: string;
  /** In order, with the policy of built-in ones. */
  readonly chains: ReadonlyMap<string, string>;
  readonly rules: readonly (readonly [chain: string, rule: string])[];
}

function dumpedTables(text: string): readonly Dumped[] {
  const tables: { name: string; chains: Map<string, string>; rules: [string, string][] }[] = [];
  for (const line of text.split('\n')) {
    const table = tables.at(-1);
    const [, name] = /^\*(\S+)\s*$/.exec(line) ?? [];
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    const [, of, rule] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) tables.push({ name, chains: new Map(), rules: [] });
    else if (chain !== undefined) table?.chains.set(chain, policy ?? '-');
    else if (of !== undefined) table?.rules.push([of, rule ?? '']);
  }
  return tables;
}

/** The rules of a compiled dump as chains of one's own, each table marked. */
export function ownTablesOf(compiled: string, mark: string): readonly OwnTable[] {
  return dumpedTables(compiled).map((table) => ownTable(table, mark));
}

function ownTable({ name, chains, rules }: Dumped, mark: string): OwnTable {
  const used = [...chains].filter(
    ([chain, policy]) => policy !== 'ACCEPT' || rules.some(([of]) => of === chain),
  );
  return {
    name,
    mark,
    chains: used.map(([chain, policy]) => ({
      name: ownChainName(chain),
      rules: [
        ...rules.filter(([of]) => of === chain).map(([, rule]) => withOwnTarget(rule, chains)),
        ...(policy === '-' || policy === 'ACCEPT' ? [] : [`-j ${policy}`]),
      ],
    })),
    jumps: used
      .filter(([, policy]) => policy !== '-')
      .map(([from]) => ({ from, to: ownChainName(from), first: true })),
  };
}

/** Words between double quotes are no options. */
function withOwnTarget(rule: string, chains: ReadonlyMap<string, string>): string {
  return rule.replace(
    /"(?:[^"\\]|\\.)*"|(?<=^|\s)(-j|-g) (\S+)/g,
    (whole, option?: string, target?: string) =>
      option !== undefined && target !== undefined && chains.has(target)
        ? `${option} ${ownChainName(target)}`
        : whole,
  );
}

/** What a dump has of one's own; tables without any are left out. */
export function ownTablesIn(saved: string): readonly OwnTable[] {
  return dumpedTables(saved).flatMap((table) => {
    const names = [...table.chains.keys()];
    const own = names.filter((chain) => chain.startsWith(prefix));
    const mark = names.find((chain) => chain.startsWith(markPrefix));
    if (own.length === 0 && mark === undefined) return [];
    return [
      {
        name: table.name,
        mark: mark === undefined ? undefined : `generation_${mark.slice(markPrefix.length)}`,
        chains: own.map((name) => ({ name, rules: rulesOf(table, name) })),
        jumps: jumpsIn(table, new Set(own)),
      },
    ];
  });
}

function rulesOf({ rules }: Dumped, chain: string): readonly string[] {
  return rules.flatMap(([of, rule]) => (of === chain ? [rule] : []));
}

/** Rules of others' chains that do nothing but jump. */
function jumpsIn(table: Dumped, own: ReadonlySet<string>): readonly Jump[] {
  return [...table.chains.keys()]
    .filter((chain) => !own.has(chain))
    .flatMap((from) =>
      rulesOf(table, from).flatMap((rule, at): readonly Jump[] => {
        const to = /^-j (\S+)$/.exec(rule)?.[1];
        return to !== undefined && own.has(to) ? [{ from, to, first: at === 0 }] : [];
      }),
    );
}

/**
 * The text for `iptables-restore --noflush` that brings chains of one's own from one state to another, a transaction for each
 * table. It fails where the table has another mark than it starts from.
 */
export function ownChanges(from: readonly OwnTable[], to: readonly OwnTable[]): string {
  const names = [...new Set([...from, ...to].map(({ name }) => name))];
  return names.map((name) => tableChange(name, from.find(isCalled(name)), to.find(isCalled(name)))).join('');
}

function isCalled(name: string): (table: OwnTable) => boolean {
  return (table) => table.name === name;
}

function tableChange(name: string, from: OwnTable | undefined, to: OwnTable | undefined): string {
  const before = from?.chains ?? [];
  const after = to?.chains ?? [];
  const gone = before.filter((chain) => !after.some((other) => other.name === chain.name));
  const lines = [
    `*${name}`,
    ...(to?.mark === undefined ? [] : [`:${markChain(to.mark)} - [0:0]`]),
    ...[...after, ...gone].map((chain) => `:${chain.name} - [0:0]`),
    ...(from?.mark === undefined || from.mark === to?.mark ? [] : [`-X ${markChain(from.mark)}`]),
    ...jumpChanges(from?.jumps ?? [], to?.jumps ?? []),
    ...after.flatMap((chain) => chain.rules.map((rule) => `-A ${chain.name} ${rule}`.trimEnd())),
    ...gone.map((chain) => `-X ${chain.name}`),
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

/** One that stands first stays. */
function jumpChanges(before: readonly Jump[], after: readonly Jump[]): readonly string[] {
  const stays = (jump: Jump) =>
    jump.first && after.some(({ from, to }) => from === jump.from && to === jump.to);
  const kept = before.filter(stays);
  const made = after.filter((jump) => !kept.some(({ from, to }) => from === jump.from && to === jump.to));
  return [
    ...before.filter((jump) => !stays(jump)).map(({ from, to }) => `-D ${from} -j ${to}`),
    ...made.map(({ from, to }) => `-I ${from} 1 -j ${to}`),
  ];
}

/** The chains of one's own as a dump, with the built-in ones that lead to them. */
export function ownDump(tables: readonly OwnTable[]): string {
  return tables
    .map(({ name, chains, jumps }) =>
      [
        `*${name}`,
        ...[...new Set(jumps.map(({ from }) => from))].map((chain) => `:${chain} ACCEPT [0:0]`),
        ...chains.map((chain) => `:${chain.name} - [0:0]`),
        ...jumps.map(({ from, to }) => `-A ${from} -j ${to}`),
        ...chains.flatMap((chain) => chain.rules.map((rule) => `-A ${chain.name} ${rule}`.trimEnd())),
        'COMMIT\n',
      ].join('\n'),
    )
    .join('');
}

/** A dump of everything with chains of one's own in the place of those that it has: for files that are loaded at the start. */
export function withOwnTables(dump: string, own: readonly OwnTable[]): string {
  const others = withoutOwn(dump);
  const missing = own.filter(
    ({ name }) => !others.includes(`\n*${name}\n`) && !others.startsWith(`*${name}\n`),
  );
  const whole = `${others}${missing.map(({ name }) => `*${name}\nCOMMIT\n`).join('')}`;
  return whole.replace(/^\*(\S+)\n((?:[:#].*\n)*)/gm, (_, name: string, heads: string) => {
    const table = own.find(isCalled(name));
    return `*${name}\n${heads}${table ? ownLines(table, heads) : ''}`;
  });
}

function isOwnName(name = ''): boolean {
  return name.startsWith(prefix) || name.startsWith(markPrefix);
}

function withoutOwn(dump: string): string {
  const lines = dump.split('\n').filter((line) => {
    const [, name = ''] = /^:(\S+)|^-A (\S+)/.exec(line) ?? [];
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+) ?(?:-j (\S+)$)?/.exec(line);
    return ![name, rule?.[1], rule?.[2]].some(isOwnName);
  });
  return lines.join('\n');
}

function ownLines({ chains, jumps, mark }: OwnTable, heads: string): string {
  const missing = jumps.map(({ from }) => from).filter((chain) => !heads.includes(`:${chain} `));
  const lines = [
    ...missing.map((chain) => `:${chain} ACCEPT [0:0]`),
    ...(mark === undefined ? [] : [`:${markChain(mark)} - [0:0]`]),
    ...chains.map((chain) => `:${chain.name} - [0:0]`),
    ...jumps.map(({ from, to }) => `-A ${from} -j ${to}`),
    ...chains.flatMap((chain) => chain.rules.map((rule) => `-A ${chain.name} ${rule}`.trimEnd())),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
