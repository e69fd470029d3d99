// A rule that somebody brings alone, as the smallest policy that holds it: in the language, in iptables' or in nft's words.
import type { PolicyKind } from '../load.ts';

/** A policy that holds a rule. */
export interface AloneText {
  readonly kind: PolicyKind;
  readonly policy: string;
  /** The chain that it stands in. */
  readonly chain: string;
}

/** The policies that the words may be a rule of, the likeliest first. */
export function aloneTexts(text: string): readonly AloneText[] {
  const command = iptablesCommand(text.trim());
  return command ? iptablesTexts(command) : [...inLanguage(text), ...inNft(text)];
}

/** What an iptables command says. */
interface IptablesCommand {
  readonly version: 'any' | 'ip' | 'ip6';
  readonly table: string | undefined;
  readonly chain: string;
  /** What stands behind the name of the chain. */
  readonly rest: string;
}

/** `iptables -t nat -A POSTROUTING …`, also without its beginning, and with `-I`. */
function iptablesCommand(text: string): IptablesCommand | undefined {
  const [, tool = '', before = '', chain = '', rest = ''] =
    /^(?:sudo )?(?:(ip6?tables)(?:-\w+)? )?(.*?)(?:-A|-I|--append|--insert) (\S+)(?: \d+)?(?= |$)(.*)$/.exec(
      text,
    ) ?? [];
  if (chain === '') return undefined;
  const table = /(?:-t|--table)[ =](\w+)/.exec(`${before} ${rest}`)?.[1];
  const version = tool === '' ? 'any' : tool === 'ip6tables' ? 'ip6' : 'ip';
  return { version, table, chain, rest: rest.replace(/(?:-t|--table)[ =]\w+/, '') };
}

const tables = ['filter', 'nat', 'mangle', 'raw', 'security'];

function iptablesTexts({ version, table, chain, rest }: IptablesCommand): readonly AloneText[] {
  const kinds = {
    any: ['iptables-save', 'ip6tables-save'],
    ip: ['iptables-save'],
    ip6: ['ip6tables-save'],
  } as const;
  const target = /(?:-j|--jump|-g|--goto)[ =](\S+)/.exec(rest)?.[1];
  // What is no target of the tool may be a chain.
  const heads = [[chain], ...(target === undefined ? [] : [[chain, target]])];
  return heads.flatMap((chains) =>
    kinds[version].flatMap((kind) =>
      (table === undefined ? tables : [table]).map((name) => ({
        kind,
        policy: [`*${name}`, ...chains.map(headOf), `-A ${chain}${rest}`, 'COMMIT', ''].join('\n'),
        chain,
      })),
    ),
  );
}

function headOf(chain: string): string {
  return `:${chain} ${/^(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(chain) ? 'ACCEPT' : '-'} [0:0]`;
}

/** The chain of a rule that does not say its own. No rule jumps to it. */
export const probe = 'hookline-rule';

const families = ['inet', 'ip', 'ip6', 'bridge', 'netdev', 'arp'];

function inLanguage(text: string): readonly AloneText[] {
  return families.flatMap((family) =>
    chainsBeside(text).map((others) => ({
      kind: 'hook' as const,
      policy: `table ${family} filter {\n${others}chain ${probe} {\n${text}\n}\n}\n`,
      chain: probe,
    })),
  );
}

/** `nft add rule inet filter input …`, or what stands behind that. */
function inNft(text: string): readonly AloneText[] {
  const body = text.replace(
    /^(?:sudo )?(?:nft )?(?:add|insert) rule (?:(?:ip6?|inet|bridge|netdev|arp) )?\S+ \S+ /,
    '',
  );
  return families.flatMap((family) =>
    chainsBeside(body).map((others) => ({
      kind: 'nft' as const,
      policy: `table ${family} filter {\n${others}chain ${probe} {\n${body}\n}\n}\n`,
      chain: probe,
    })),
  );
}

/** Without other chains, and with those that the rule jumps to. */
function chainsBeside(text: string): readonly string[] {
  const names = [...text.matchAll(/\b(?:jump|goto) ([A-Za-z_][\w.-]*)/g)].map(
    ([, name]) => `chain ${name} {\n}\n`,
  );
  return names.length === 0 ? [''] : [[...new Set(names)].join(''), ''];
}
