// Random policies in nft's own shape: several tables of every IP family, base chains at any hook and priority, some of
// them equal, and packets of both families. What runs before what is the question here.
import fc from 'fast-check';

const hooks = ['prerouting', 'input', 'forward', 'postrouting'] as const;
const priorities = ['raw', 'mangle', 'filter', 'security', '100', '-199', '-99', '0', '5', '101'] as const;

const conditions = fc.constantFrom(
  '',
  'ct state new',
  'ct state { established, related }',
  'ct direction original',
  'ct status dnat',
  'meta mark 0x1',
  'meta l4proto udp',
  'tcp dport { 22, 80 }',
  'udp dport 53',
  'icmp type echo-request',
);
const statements = fc.constantFrom(
  'accept',
  'accept',
  'counter',
  'drop',
  'mark set 0x1',
  'mark set 0x2',
  'return',
);

const rules = fc
  .array(fc.tuple(conditions, statements), { maxLength: 4 })
  .map((list) => list.map((words) => `    ${words.join(' ').trim()}`));

const filterChain = fc
  .tuple(
    fc.constantFrom(...hooks),
    fc.constantFrom(...priorities),
    fc.constantFrom('accept', 'accept', 'drop'),
    rules,
  )
  .map(([hook, priority, policy, body]) => ({
    head: `hook ${hook} priority ${priority} policy ${policy}`,
    body,
  }));

/** Translation in either direction; in inet tables the address says which family it is for. */
const natChain = fc
  .tuple(
    fc.constantFrom(
      ['prerouting', 'meta l4proto tcp dnat to 10.0.2.3:80', 'meta l4proto udp dnat to 10.0.2.4'],
      ['postrouting', 'ct status dnat masquerade', 'udp dport 53 snat to 10.0.2.1'],
    ),
    fc.constantFrom('-100', '0', '100', '50'),
    fc.constantFrom('accept', 'return', 'counter'),
  )
  .map(([[hook = '', ...translations], priority, other]) => ({
    head: `type nat hook ${hook} priority ${priority}`,
    body: [`    udp dport 22 ${other}`, ...translations.map((rule) => `    ${rule}`)],
  }));

const table = fc.tuple(
  fc.constantFrom('inet', 'inet', 'ip'),
  fc.array(filterChain, { minLength: 1, maxLength: 3 }),
  fc.option(natChain, { freq: 2 }),
);

/** A policy of up to three tables. */
export const hookPolicies: fc.Arbitrary<string> = fc
  .array(table, { minLength: 1, maxLength: 3 })
  .map((tables) => {
    const texts = tables.map(([family, filters, nat], at) => {
      const chains = [...filters, ...(nat ? [nat] : [])].map(
        ({ head, body }, number) => `  chain c${number} ${head} {\n${body.join('\n')}\n  }\n`,
      );
      return `table ${family} t${at} {\n${chains.join('\n')}}\n`;
    });
    return texts.join('\n');
  });

const ends = fc.constantFrom(
  ['10.0.1.2', '10.0.2.2'],
  ['10.0.1.3', '10.0.2.3'],
  ['10.0.1.2', '10.0.1.1'],
  ['fd00:1::2', 'fd00:2::2'],
  ['fd00:1::3', 'fd00:2::3'],
  ['fd00:1::2', 'fd00:1::1'],
);

/** Packets of both families and directions. */
export const hookPackets: fc.Arbitrary<string> = fc
  .tuple(
    ends,
    fc.constantFrom(22, 53, 80),
    fc.constantFrom('tcp', 'udp', 'icmp'),
    fc.constantFrom('syn', 'syn,ack', 'ack'),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([[from = '', to = ''], port, protocol, flags, back]) => {
    const isV6 = from.includes(':');
    const place = (address: string, number: number): string =>
      isV6 ? `[${address}]:${number}` : `${address}:${number}`;
    const device = back === 0 ? 'b0' : 'a0';
    const [source, destination] = back === 0 ? [to, from] : [from, to];
    if (protocol === 'icmp')
      return `in ${device} ${isV6 ? 'icmpv6' : 'icmp'} ${source} -> ${destination} ${back === 0 ? 'echo-reply' : 'echo-request'}`;
    const [sport, dport] = back === 0 ? [port, 40000] : [40000, port];
    return `in ${device} ${protocol} ${place(source, sport)} -> ${place(destination, dport)}${protocol === 'tcp' ? ` ${flags}` : ''}`;
  });
