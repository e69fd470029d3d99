// Long sets of addresses and numbers out of the rules: `let f2b-sshd-sources = { … }` above the chains of its table, and
// `ip saddr f2b-sshd-sources drop` in the rule. A constant stands for its value, so the rule set stays the same.
import type { Table } from '../ir/ruleset.ts';

/** A line that is longer has its set taken out, unless it has only a few elements. */
const longest = 96;
const few = 6;

/** A set of addresses, networks, ranges or numbers, and the word that says what it is compared with. */
const longSet = /(\w+) (?:!= )?(\{ ((?:\d[\w.:/-]*|[\da-fA-F]*:[\w.:/-]*)(?:, | (?=\}))){2,}\})/;

const nouns: Readonly<Record<string, string>> = {
  saddr: 'sources',
  daddr: 'destinations',
  sport: 'ports',
  dport: 'ports',
};

/** The constants of a table. */
export interface Constants {
  /** A rule with its long set replaced by a constant. */
  readonly replaceIn: (line: string, chain: string) => string;
  /** A line for each constant, in the order of their first use. */
  readonly lines: () => readonly string[];
}

/** Equal sets share a constant; its name comes from the first chain that uses it. */
export function newConstants({ sets, maps = [], chains }: Table): Constants {
  const names = new Map<string, string>();
  const taken = new Set([...sets, ...maps, ...chains].map(({ name }) => name));
  const name = (set: string, chain: string, word: string): string => {
    const known = names.get(set);
    if (known !== undefined) return known;
    const fresh = freeName(`${wordOf(chain)}-${nouns[word] ?? 'values'}`, taken);
    taken.add(fresh);
    names.set(set, fresh);
    return fresh;
  };
  return {
    replaceIn: (line, chain) => {
      if (line.length <= longest || !line.includes('{')) return line;
      const [, word = '', set = ''] = longSet.exec(line) ?? [];
      if (set.split(', ').length <= few) return line;
      return line.replace(set, name(set, chain, word));
    },
    lines: () => [...names].map(([set, one]) => `let ${one} = ${set}`),
  };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** A word of the language from any name. */
function wordOf(name: string): string {
  const plain = name.replaceAll(/\W+/g, '-').replace(/^-|-$/g, '');
  return /^[A-Za-z_]/.test(plain) ? plain : `chain-${plain}`;
}
