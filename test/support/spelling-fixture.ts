// Reads the files of fixtures/match and fixtures/statement. A file is about one key; its cases have these sections,
// one entry a line:
//
//   table mangle FORWARD            where iptables has it, before the first case; this is what is meant if absent
//   family ip                       of the policy's table, or ip6; `inet` if absent
//   protocol tcp                    its rules follow a test for TCP, as all of table nat do
//   lacks nft iptables-legacy       tools that can't be asked on the kernels of the tests, each with its reason in a
//                                   comment
//   set admins : ipv4_addr = {..}   a set of the policy, before the first case; also `map marks : port -> mark = {…}`
//   object counter web              an object of the policy's table
//
//   == a title
//   dsl: tcp dport 22               the canonical form; further lines mean the same
//   iptables-save: -p tcp …         each line a rule of its own; `iptables-save -4:` is for one family only.
//                                   Also `never`, `none of -i a` and `unsupported: why`
//   iptables-reads: dsl | opaque    what the lines are read as, if not as `dsl`; `iptables-also:` is read like them
//   nft-json: {…}                   or `unsupported: why`, or `any of [[…], […]]` for several rules; `nft-lists:` is what nft 1.0.6 prints, if not that;
//                                   `nft-also:` is read like it; `nft-reads:` is what it is read as, if not as `dsl`
//   match: packet spec              also `no match:`, `unknown:`, `assumed:`; or `packets: unsupported: why`
//   effect: packet spec => {…}      what a statement does; the result as JSON
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of a case: `iptables-save -4: …` has the name `iptables-save` and the family `ip`. */
export interface Entry {
  readonly name: string;
  readonly family: 'ip' | 'ip6' | undefined;
  readonly text: string;
}

export interface SpellingCase {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface SpellingFixture {
  readonly path: string;
  /** The key that the file is named after, blanks as `-`. */
  readonly name: string;
  readonly family: 'inet' | 'ip' | 'ip6';
  readonly table: string;
  readonly chain: string;
  readonly sets: readonly string[];
  /** As the language declares them. */
  readonly objects: readonly string[];
  /** Rules follow a test for TCP. */
  readonly isTcp: boolean;
  /** Tools that can't be asked. */
  readonly lacks: readonly string[];
  readonly cases: readonly SpellingCase[];
}

/** All files of one folder below fixtures. */
export function spellingFixtures(folder: 'match' | 'statement'): readonly SpellingFixture[] {
  const path = join(import.meta.dirname, '../../fixtures', folder);
  return readdirSync(path)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.replace(/\.txt$/, ''))
    .toSorted()
    .map((name) => readFixture(join(path, `${name}.txt`), name));
}

function readFixture(path: string, name: string): SpellingFixture {
  const [head = '', ...bodies] = readFileSync(path, 'utf8').split(/^== /m);
  const [, table = 'mangle', chain = 'FORWARD'] = /^table (\S+) (\S+)$/m.exec(head) ?? [];
  const sets = head.split('\n').filter((line) => /^(?:set|map) /.test(line));
  const objects = [...head.matchAll(/^object (.*)$/gm)].map(([, declaration = '']) => declaration);
  const family = /^family ip6$/m.test(head) ? 'ip6' : /^family ip$/m.test(head) ? 'ip' : 'inet';
  const isTcp = table === 'nat' || /^protocol tcp$/m.test(head);
  const lacks = /^lacks (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  return { path, name, family, table, chain, sets, objects, isTcp, lacks, cases: bodies.map(readCase) };
}

function readCase(body: string): SpellingCase {
  const [title = '', ...lines] = body.split('\n');
  const entries = lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).map(readEntry);
  return { title, entries };
}

function readEntry(line: string): Entry {
  const [, name = '', family, text = ''] = /^([a-z][a-z -]*?)(?: -([46]))?: ?(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`no entry: ${line}`);
  return { name, family: family === undefined ? undefined : family === '4' ? 'ip' : 'ip6', text };
}

/** The texts of the entries of one name, for a family those of both and its own. */
export function textsOf(one: SpellingCase, name: string, family?: 'ip' | 'ip6'): readonly string[] {
  return one.entries
    .filter((entry) => entry.name === name && (entry.family === undefined || entry.family === family))
    .map(({ text }) => text);
}

/** Whether a section gives a reason instead of a spelling. */
export function isReason(text: string): boolean {
  return text === 'never' || text.startsWith('unsupported: ') || text.startsWith('none of ');
}
