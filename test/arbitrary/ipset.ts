// Random sets of ipset that a policy can say, as `ipset save` prints them, and a rule that looks into each.
import fc from 'fast-check';

/** Values that stand in elements, by the letter that a form has for them. */
const values = {
  ip: {
    a: ['10.0.0.1', '10.0.0.2', '192.0.2.7', '198.51.100.9'],
    n: ['10.0.0.1', '10.0.0.0/8', '10.1.0.0/16', '192.0.2.128/25', '198.51.100.9'],
  },
  ip6: {
    a: ['2001:db8::1', '2001:db8::2', '::1', 'fe80::5'],
    n: ['2001:db8::1', '2001:db8::/32', '2001:db8:1::/48', 'fe80::/10'],
  },
};

/** Those of both families. */
const common = {
  p: ['tcp:80', 'tcp:22', 'udp:53', 'udp:80', 'sctp:9', 'udplite:7', 'tcp:0'],
  m: ['0x00000005', '0xffffffff'],
  i: ['eth0', 'wan.7'],
};

/** Each type, the letters of its elements, the rule that looks into it, and whether it is for IPv4 alone. */
const types = [
  ['hash:ip', 'a', '-m set --match-set s src'],
  ['hash:ip', 'a', '-m set ! --match-set s dst'],
  ['hash:net', 'n', '-m set --match-set s dst'],
  ['hash:ip,port', 'ap', '-p tcp -m set --match-set s src,dst'],
  ['hash:ip,port', 'ap', '-m set --match-set s dst,src'],
  ['hash:net,port', 'np', '-p udp -m udp -m set ! --match-set s src,dst'],
  ['hash:net,port', 'np', '-p sctp -m set --match-set s dst,dst'],
  ['hash:ip,port,ip', 'apa', '-p tcp -m set --match-set s src,dst,dst'],
  ['hash:ip,port,net', 'apn', '-m set --match-set s src,dst,dst'],
  ['hash:net,port,net', 'npn', '-p udplite -m set --match-set s src,dst,dst'],
  ['hash:net,net', 'nn', '-m set ! --match-set s src,dst'],
  ['hash:ip,mark', 'am', '-m set --match-set s src,src'],
  ['hash:net,iface', 'ni', '-m set ! --match-set s src,src'],
  ['hash:net,iface', 'ni', '-m set --match-set s dst,dst'],
] as const;

/** The text of `ipset save`, and a rule of the FORWARD chain, which is read as a comparison with a set. */
export interface IpsetDump {
  readonly family: 'ip' | 'ip6';
  readonly ipset: string;
  readonly rule: string;
}

const flags = fc.record({ times: fc.boolean(), counts: fc.boolean(), comments: fc.boolean() });

const hashes: fc.Arbitrary<IpsetDump> = fc
  .tuple(fc.constantFrom(...types), fc.constantFrom('ip' as const, 'ip6' as const), flags)
  .chain(([[type, form, rule], family, kept]) =>
    fc
      .uniqueArray(element(form, family), { maxLength: 5 })
      .chain((elements) =>
        fc
          .array(besideOf(kept), { minLength: elements.length, maxLength: elements.length })
          .map((beside) => ({ elements: elements.map((one, at) => `${one}${beside[at] ?? ''}`) })),
      )
      .map(({ elements }) => {
        const name = family === 'ip' ? 'inet' : 'inet6';
        const options = `family ${name} hashsize 1024 maxelem 65536${optionsOf(kept)} bucketsize 12 initval 0x2c86f7a4`;
        return { family, ipset: dump(`${type} ${options}`, elements), rule: `${rule} -j ACCEPT` };
      }),
  );

/** Types whose elements are numbers of a range, and networks of which only the address is printed. */
const others: fc.Arbitrary<IpsetDump> = fc
  .constantFrom(
    ['bitmap:ip range 10.0.0.0-10.0.0.255', ['10.0.0.0', '10.0.0.9'], '-m set --match-set s src'],
    [
      'bitmap:ip range 10.0.0.0-10.0.255.255 netmask 24',
      ['10.0.0.0', '10.0.9.0'],
      '-m set --match-set s dst',
    ],
    ['bitmap:port range 0-1023', ['0', '22', '443'], '-p tcp -m set --match-set s dst'],
    ['bitmap:port range 0-1023', ['22', '443'], '-p udp -m udp -m set ! --match-set s src'],
    [
      'hash:ip family inet hashsize 1024 maxelem 65536 netmask 24',
      ['10.0.0.0', '192.0.2.0'],
      '-m set ! --match-set s src',
    ],
  )
  .map(([words, elements, rule]) => ({
    family: 'ip',
    ipset: dump(words, elements),
    rule: `${rule} -j ACCEPT`,
  }));

export const ipsetDump: fc.Arbitrary<IpsetDump> = fc.oneof({ weight: 4, arbitrary: hashes }, others);

function element(form: string, family: 'ip' | 'ip6'): fc.Arbitrary<string> {
  const pools: Readonly<Record<string, readonly string[]>> = { ...common, ...values[family] };
  return fc
    .tuple(...Array.from(form, (letter) => fc.constantFrom(...(pools[letter] ?? []))))
    .map((parts) => parts.join(','));
}

interface Kept {
  readonly times: boolean;
  readonly counts: boolean;
  readonly comments: boolean;
}

function optionsOf({ times, counts, comments }: Kept): string {
  return `${times ? ' timeout 300' : ''}${counts ? ' counters' : ''}${comments ? ' comment' : ''}`;
}

function besideOf({ times, counts, comments }: Kept): fc.Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: 1, max: 2_147_483 }), fc.nat(), fc.nat(), fc.constantFrom('', ' comment "a b"'))
    .map(([seconds, packets, bytes, comment]) =>
      [
        times ? ` timeout ${seconds}` : '',
        counts ? ` packets ${packets} bytes ${bytes}` : '',
        comments ? comment : '',
      ].join(''),
    );
}

function dump(words: string, elements: readonly string[]): string {
  return [`create s ${words}`, ...elements.map((one) => `add s ${one}`), ''].join('\n');
}
