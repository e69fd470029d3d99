// No word is reserved: every keyword of the grammar, and every word of a match, statement or object, names anything that
// has a name. The policy compiles to both back ends, and formatting keeps it.
import { expect, test } from 'vitest';
import { allTokens, Word } from '../../grammar/tokens.ts';
import { compile } from '../../src/core/compile.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { matchNames } from '../../src/core/match/registry.ts';
import { objectKinds } from '../../src/core/object/registry.ts';
import { statementNames } from '../../src/core/statement/registry.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';

const keywords = allTokens.flatMap(({ PATTERN, CATEGORIES }) =>
  CATEGORIES?.includes(Word) && typeof PATTERN === 'string' ? [PATTERN] : [],
);
const ofKeys = [...matchNames, ...statementNames, ...objectKinds]
  .flatMap((name) => name.split(' '))
  .filter((word) => /^[A-Za-z_][\w.-]{0,14}$/.test(word));
/** What a policy, a host or a test says beside them. */
const others = ['in', 'out', 'on', 'local', 'default', 'forward', 'inside', 'exclude', 'expect', 'interface'];
const words = [...new Set([...keywords, ...ofKeys, ...others])];

type Place = (word: string) => string;

const chain = (rules: string): string => `chain c_1 hook forward priority filter { ${rules} }`;
const inet = (rest: string): string => `table inet t_1 { ${rest} }`;

/** Each declares the word and uses it. */
const both: Readonly<Record<string, Place>> = {
  chain: (word) =>
    `table ip filter { chain ${word} { counter; return }\nchain INPUT { tcp dport 1 jump ${word}; goto ${word} } }`,
  'base chain': (word) => `table ip filter { chain INPUT { drop }\nchain ${word} { accept } }`,
  set: (word) =>
    `set ${word} : ipv4_addr = { 10.0.0.1 }\ntable ip filter { chain INPUT { from @${word} accept } }`,
  map: (word) =>
    `table ip mangle { map ${word} : port -> mark = { 22 : 0x1 }\nchain INPUT { meta mark set tcp dport map @${word} } }`,
  'verdict map': (word) =>
    `table ip filter { map ${word} : port -> verdict = { 22 : accept }\nchain INPUT { tcp dport vmap @${word} } }`,
  'let, in a list': (word) =>
    `let ${word} = 10.0.0.1\ntable ip filter { chain INPUT { from { ${word} } accept; ip saddr { ${word}, 10.0.0.3 } drop } }`,
  'let, of a mark': (word) => `let ${word} = 0x5\ntable ip mangle { chain INPUT { meta mark set ${word} } }`,
  'let, of a mask': (word) =>
    `let ${word} = 0x5\ntable ip mangle { chain INPUT { meta mark & ${word} == 0x1 accept } }`,
  'let, of an endpoint': (word) =>
    `let ${word} = 10.0.0.1\ntable ip nat { chain PREROUTING { tcp dport 80 dnat to ${word}:80 } }`,
  'let, of another': (word) =>
    `let ${word} = { 10.0.0.2 }\nlet v_1 = { ${word}, 10.0.0.4 }\ntable ip filter { chain INPUT { from v_1 accept } }`,
  def: (word) =>
    `def ${word}(port) { tcp dport port accept }\ntable ip filter { chain INPUT { ${word}(22)\niif "a" ${word}({ 23, 24 }) } }`,
  parameter: (word) =>
    `def d_1(${word} : address) { from { ${word} } accept }\ntable ip filter { chain INPUT { d_1(10.0.0.1) } }`,
  'parameter, passed on': (word) =>
    `def d_2(v_1 : service) { service v_1 accept }\ndef d_1(${word}) { d_2(${word}) }\ntable ip filter { chain INPUT { d_1(ssh) } }`,
  zone: (word) =>
    `zone ${word} = { interface "a0" }\nzone z_2 = { interface "b0" }\npolicy from ${word} to z_2 { from zone ${word} accept }\nassert "x" { never accept in zone ${word} out zone z_2 tcp dport 22 }`,
  service: (word) =>
    `service ${word} = { tcp 80 }\nservice s_2 = { ${word}, udp 53 }\ntable ip filter { chain INPUT { service ${word} accept; service s_2 drop } }`,
  host: (word) =>
    `host ${word} { interface "a" { address 10.0.0.1/24 } }\ntable ip filter { chain INPUT { accept } }\ntest "x" { on ${word}\npacket in "a" local tcp 10.0.0.9:1 -> 10.0.0.1:2 syn\nexpect accept }`,
  gateway: (word) => `gateway ${word} { inside 10.0.0.0/24 on "lan0"\noutside "wan0" masquerade }`,
  interface: (word) =>
    `table ip filter { chain INPUT { iif "${word}" accept; oif { "${word}", "b" } drop } }`,
};

/** What has no form in iptables. */
const onlyNft: Readonly<Record<string, Place>> = {
  table: (word) => `table ip ${word} { ${chain('accept')} }\ntable inet ${word} { ${chain('drop')} }`,
  'table of both families': (word) => `table ${word} { ${chain('accept')} }`,
  'dynamic set': (word) => inet(`set ${word} : ipv4_addr timeout\n${chain(`add @${word} { ip saddr }`)}`),
  counter: (word) => inet(`counter ${word}\n${chain(`counter name ${word}; counter name "${word}"`)}`),
  quota: (word) => inet(`quota ${word} over 10 mbytes\n${chain(`quota name ${word} drop`)}`),
  limit: (word) => inet(`limit ${word} 10/minute\n${chain(`limit name ${word} accept`)}`),
  'ct helper': (word) =>
    inet(`ct helper ${word} { type "ftp"; protocol tcp }\n${chain(`tcp dport 21 ct helper set ${word}`)}`),
  flowtable: (word) =>
    inet(
      `flowtable ${word} { hook ingress priority filter; devices = { "lo" } }\n${chain(`flow add @${word}`)}`,
    ),
};

/** Names that have a meaning of their own, which the message says. */
const taken: Readonly<Record<string, readonly string[]>> = { zone: ['self', 'any'] };

function formatted(text: string): string {
  return formatPolicy({ name: 'words.hook', text }).value ?? 'not formatted';
}

type Target = 'nft-json' | 'iptables';

/** What the back ends make of it; undefined where one of them, or the checker, refuses. */
function compiled(text: string, targets: readonly Target[]): readonly string[] | undefined {
  const { value } = loadPolicy({ name: 'words.hook', text }, 'hook');
  const outputs = targets.flatMap((to) => (value && compile(value.ruleSet, to).value) ?? []);
  return outputs.length === targets.length ? outputs : undefined;
}

function names(word: string, place: Place, targets: readonly Target[]): boolean {
  const text = `${place(word)}\n`;
  const once = formatted(text);
  const expected = compiled(text, targets);
  return (
    expected !== undefined &&
    formatted(once) === once &&
    JSON.stringify(compiled(once, targets)) === JSON.stringify(expected)
  );
}

test('there are many words', () => {
  expect(keywords.length).toBeGreaterThan(30);
  expect(words.length).toBeGreaterThan(200);
});

test.each(Object.entries(both))('any word names a %s', (name, place) => {
  const free = words.filter((word) => !taken[name]?.includes(word));
  expect(free.filter((word) => !names(word, place, ['nft-json', 'iptables']))).toEqual([]);
});

test.each(Object.entries(onlyNft))('any word names a %s in nft', (_name, place) => {
  expect(words.filter((word) => !names(word, place, ['nft-json']))).toEqual([]);
});

/** Where a word of the language may follow as well as a value, the message names the constant and what to write for it. */
const values: Readonly<Record<string, Place>> = {
  'ip saddr': (word) => `let ${word} = 10.0.0.1\ntable ip filter { chain INPUT { ip saddr ${word} accept } }`,
  from: (word) => `let ${word} = 10.0.0.1\ntable ip filter { chain INPUT { from ${word} accept } }`,
  'tcp dport': (word) =>
    `def d_1(${word}) { tcp dport ${word} accept }\ntable ip filter { chain INPUT { d_1(22) } }`,
};

test.each(Object.entries(values))(
  'behind `%s` a word is the constant, or a message says how',
  (_key, place) => {
    const silent = words.filter((word) => {
      const { value, diagnostics } = loadPolicy({ name: 'words.hook', text: `${place(word)}\n` }, 'hook');
      return !value && !diagnostics.some(({ help }) => help?.includes(`\`{ ${word} }\``));
    });
    expect(silent).toEqual([]);
  },
);
