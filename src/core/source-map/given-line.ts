// What somebody brings who asks for the source of a rule: a line of a listing, of a trace, or of the kernel's log.
import type { Family } from '../ir/ruleset.ts';
import type { Tool, Whereabouts } from './find.ts';

/** The line by its kind. `rule`: the words of one. `place`: where it stands. `handle`: what a listing calls it. */
export type GivenLine =
  | { readonly kind: 'rule'; readonly tool: Tool; readonly text: string; readonly where: Whereabouts }
  | { readonly kind: 'place'; readonly tool: Tool; readonly where: Whereabouts }
  | { readonly kind: 'handle'; readonly handle: number; readonly where: Whereabouts }
  /** What stands before the packet; it ends with the prefix. */
  | { readonly kind: 'log'; readonly text: string }
  /** No rule decided. */
  | { readonly kind: 'policy'; readonly text: string };

type Read = (line: string) => GivenLine | undefined;

/** Tells the kind by what only lines of this kind have; what is nothing else is taken for a rule of nft. */
export function readGivenLine(line: string): GivenLine {
  for (const read of [kernelTrace, nftTrace, iptablesRule, logLine]) {
    const found = read(line);
    if (found) return found;
  }
  return nftRule(line, {});
}

/** `TRACE: filter:INPUT:rule:3 IN=…` (net/ipv4/netfilter/ip_tables.c: trace_packet). */
const kernelTrace: Read = (line) => {
  const [, table = '', chain = '', what = '', index = ''] =
    /\bTRACE: (\w+):(\S+):(rule|return|policy):(\d+) /.exec(line) ?? [];
  if (table === '') return undefined;
  if (what === 'policy') return { kind: 'policy', text: policyOf(chain) };
  const family = /\bSRC=[\da-f:]*:/i.test(line) ? 'ip6' : 'ip';
  return { kind: 'place', tool: 'iptables', where: { family, table, chain, index: Number(index) } };
};

/** `trace id 5b6a8b2c inet filter input rule tcp dport 22 accept (verdict accept)`, as `nft monitor trace` writes it. */
const nftTrace: Read = (line) => {
  const [, family = '', table = '', chain = '', what = '', rest = ''] =
    /^\s*trace id \w+ (ip|ip6|inet|arp|bridge|netdev) (\S+) (\S+) (rule|policy|verdict|packet:)(?: (.*))?$/.exec(
      line,
    ) ?? [];
  if (!isFamily(family)) return undefined;
  if (what === 'policy') return { kind: 'policy', text: policyOf(chain) };
  if (what !== 'rule') return { kind: 'policy', text: `this line is about the ${what.replace(':', '')}` };
  return nftRule(rest.replace(/ \(verdict [^()]*\)\s*$/, ''), { family, table, chain });
};

function policyOf(chain: string): string {
  return `the policy of chain \`${chain}\` decided`;
}

function isFamily(word: string): word is Family {
  return ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'].includes(word);
}

/** A line of iptables-save or of a script, also behind what `xtables-monitor --trace` writes before it. */
const iptablesRule: Read = (line) => {
  const [, before = '', text = '', chain = ''] =
    /^(.*?)(?:\[\d+:\d+\] )?((?:-A|--append) (\S+)(?: .*)?)$/.exec(line.trim()) ?? [];
  if (text === '') return undefined;
  const table = /(?:^|\s)-t (\w+)/.exec(before)?.[1];
  const family = /\s-6\s|\bip6tables\b/.test(before)
    ? 'ip6'
    : /\s-4\s|\biptables\b/.test(before)
      ? 'ip'
      : undefined;
  return { kind: 'rule', tool: 'iptables', text, where: { family, table, chain: unquoted(chain) } };
};

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, '$1');
}

const logLine: Read = (line) => {
  const at = line.search(/IN=\S* OUT=/);
  return at < 0 ? undefined : { kind: 'log', text: line.slice(0, at) };
};

/** A rule as nft lists it, with or without its handle, or only that. */
function nftRule(text: string, where: Whereabouts): GivenLine {
  const handle = /^\s*(?:rule )?handle (\d+)\s*$/.exec(text)?.[1];
  if (handle !== undefined) return { kind: 'handle', handle: Number(handle), where };
  return { kind: 'rule', tool: 'nft', text: text.replace(/\s*# handle \d+\s*$/, '').trim(), where };
}
