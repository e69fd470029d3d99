// Random policies with rules between theirs that look things up and remember them: named sets and maps, fields in concatenations, verdict maps, what a
// map sets a mark to, elements that packets put into sets, limits and quotas. All of it is of IPv4 or of either family.
import fc from 'fast-check';

/** Sets and maps that the rules here name, for the top of a table. */
const declarations = `  set hosts : ipv4_addr = { 10.0.1.2, 10.0.2.2-10.0.2.5 }
  set services : ipv4_addr . port = { 10.0.2.2 . 80, 10.0.2.3 . 22-53, 10.0.2.0/28 . 443 }
  set seen : ipv4_addr { flags dynamic; size 2 }
  set flows : ipv4_addr . port dynamic
  map marks : port -> mark = { 22 : 0x1, 53 : 0x2, 80-1000 : 0x3 }
  map verdicts : port -> verdict = { 22 : accept, 53 : continue, 80-443 : return }
`;

/** Conditions on packets with or without a connection; nobody uses the limits and quotas up. */
const conditions = fc.constantFrom(
  '',
  '',
  'ip saddr @hosts',
  'ip daddr != @hosts',
  'ip saddr @seen',
  'ip daddr @seen',
  'ip daddr . tcp dport @services',
  'ip daddr . th dport != @services',
  'ip saddr . th dport @flows',
  'ip saddr . ip daddr { 10.0.1.2 . 10.0.2.2, 10.0.1.3-10.0.1.80 . 10.0.2.0/24 }',
  'meta l4proto . th dport { tcp . 22, udp . 53, tcp . 80-1600 }',
  'meta mark . tcp dport { 0x0 . 22, 0x1 . 80, 0x2-0x3 . 22-1000 }',
  'meta mark { 0x1, 0x3-0x7 }',
  'limit 1000/second burst 1000',
  'limit over 1000/second burst 1000',
  'limit 10 mbytes/second burst 10 mbytes',
  'quota 25 mbytes',
  'quota over 25 mbytes',
  'quota over 3 kbytes used 3 kbytes',
);

/** Statements that leave the packet where it is, or send it on by a map. */
const statements: readonly string[] = [
  'meta mark set tcp dport map @marks',
  'meta mark set ip saddr map { 10.0.1.2 : 0x1, 10.0.2.0/24 : 0x2 }',
  'meta mark set ip saddr . th dport map { 10.0.1.2 . 22 : 0x2, 10.0.1.3 . 22-80 : 0x3 }',
  'meta mark set (meta mark and 0xff) lshift 1 or 0x1',
  'add @seen { ip saddr }',
  'update @seen { ip daddr } accept',
  'delete @seen { ip saddr }',
  'add @flows { ip saddr . th dport }',
  'tcp dport vmap @verdicts',
  'tcp dport vmap { 22 : accept, 53 : return, 80-443 : continue }',
  'meta l4proto vmap { tcp : continue, udp : accept, icmp : return }',
  'ip saddr . th dport vmap { 10.0.1.2 . 22 : accept, 10.0.1.3 . 50-90 : return }',
];

/** What filters decide by a map, but not translations. */
const verdictMaps: readonly string[] = [
  'tcp dport vmap { 22 : accept, 80 : drop, 1000-2000 : return }',
  'ip daddr . meta l4proto vmap { 10.0.2.2 . tcp : accept, 10.0.2.0/24 . udp : drop }',
  'meta mark vmap { 0x1 : accept, 0x2-0x3 : drop }',
];

/** In a table with a chain `sub` that does not lead back. */
const jumpMaps: readonly string[] = [
  'tcp dport vmap { 22 : jump sub, 80 : goto sub, 443 : accept }',
  'ip saddr . ip daddr vmap { 10.0.1.2 . 10.0.2.2 : jump sub, 10.0.1.3 . 10.0.2.0/24 : goto sub }',
  'iif vmap { "a0" : jump sub, "b0" : accept }',
];

/** What a map translates to. */
const natMaps = {
  prerouting: [
    'ip daddr 10.0.9.9 meta l4proto tcp dnat ip to tcp dport map { 22 : 10.0.2.2, 80-443 : 10.0.2.3 }',
    'meta l4proto udp dnat ip to ip daddr . th dport map { 10.0.2.2 . 53 : 10.0.2.3 . 5353 }',
  ],
  postrouting: [
    'oif "b0" snat ip to ip saddr map { 10.0.1.2 : 10.0.2.1, 10.0.1.3 : 10.0.2.7 }',
    'meta l4proto tcp snat ip to ip saddr . tcp dport map { 10.0.1.2 . 22 : 10.0.2.7 . 4000 }',
  ],
} as const;

/** The head of a chain in a policy, and the text from there to the next. */
const chainPattern = /^ {2}chain (.*) \{\n[\s\S]*?^ {2}\}/gm;

/** Policies with such rules put into their chains, wherever they fit. */
export function withLookups(policies: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return policies.chain((text) => {
    const tables = text.split(/^(?=table |host )/m);
    return fc.tuple(...tables.map(tableWithLookups)).map((all) => all.join(''));
  });
}

function tableWithLookups(text: string): fc.Arbitrary<string> {
  if (!text.startsWith('table')) return fc.constant(text);
  const heads = [...text.matchAll(chainPattern)].map(([, head = '']) => head);
  return fc.tuple(...heads.map((head) => fc.array(rulesFor(text, head), { maxLength: 3 }))).map((drawn) => {
    const more = drawn.values();
    const body = text.replace(chainPattern, (chain) => between(chain, more.next().value ?? []));
    return body.replace('{\n', `{\n${declarations}\n`);
  });
}

/** A rule and where it goes: behind so many lines of the chain, as far as it has them. */
type Placed = readonly [rule: string, place: number];

function between(chain: string, rules: readonly Placed[]): string {
  const lines = chain.split('\n');
  for (const [rule, place] of rules) lines.splice(1 + (place % (lines.length - 1)), 0, `    ${rule}`);
  return lines.join('\n');
}

function rulesFor(table: string, head: string): fc.Arbitrary<Placed> {
  const isNat = table.startsWith('table ip nat') || head.includes('type nat');
  const statement = fc.constantFrom(...statements, ...(isNat ? [] : decisionsFor(table, head)));
  const rule = fc.tuple(conditions, statement).map((words) => words.join(' ').trim());
  const translations = isNat ? natMapsFor(head) : [];
  const drawn = translations.length > 0 ? fc.oneof(rule, fc.constantFrom(...translations)) : rule;
  return fc.tuple(drawn, fc.nat({ max: 9 }));
}

function decisionsFor(table: string, head: string): readonly string[] {
  const mayJump = table.includes('chain sub ') && /^(?:INPUT|FORWARD) /.test(head);
  return [...verdictMaps, ...(mayJump ? jumpMaps : [])];
}

function natMapsFor(head: string): readonly string[] {
  if (/prerouting/i.test(head)) return natMaps.prerouting;
  return /postrouting/i.test(head) ? natMaps.postrouting : [];
}
