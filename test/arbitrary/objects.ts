// Random tables full of objects, in the language, with a chain that refers to each of them.
import fc from 'fast-check';

const names = ['web', 'slow', 'a1', 'x_y', 'b.c'] as const;
const count = fc.nat(100_000);
const size = fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.constantFrom('bytes', 'kbytes', 'mbytes'));
const family = fc.constantFrom('ip', 'ip6', 'inet');
const protocol = fc.constantFrom('tcp', 'udp');
const over = fc.constantFrom('', 'over ');
const per = fc.constantFrom('second', 'minute', 'hour', 'day', 'week');
const times = fc.integer({ min: 1, max: 200_000 }).map((seconds) => `${seconds}s`);

type Said = string | number | readonly (string | number)[];

/** Texts, numbers and lists of them in a row; what a list has stands with blanks between. */
function text(...parts: readonly (string | fc.Arbitrary<Said>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all: readonly Said[]) => all.map((one) => [one].flat().join(' ')).join(''));
}

/** What is declared of a kind, behind the name. */
const bodies: Readonly<Record<string, fc.Arbitrary<string>>> = {
  counter: fc.oneof(fc.constant(''), text('packets ', count, ' bytes ', count)),
  quota: text(over, size),
  limit: fc.oneof(
    text(
      over,
      count.map((one) => one + 1),
      '/',
      per,
    ),
    text(over, size, '/', per),
    text(
      over,
      '10/',
      per,
      ' burst ',
      count.map((one) => one + 1),
      ' packets',
    ),
  ),
  'ct helper': text('{ type "ftp"; protocol ', protocol, '; l3proto ', family, ' }'),
  'ct timeout': fc.oneof(
    text(
      '{ protocol tcp; l3proto ',
      family,
      '; policy = { established : ',
      times,
      ', close : ',
      times,
      ' } }',
    ),
    text('{ protocol udp; l3proto ', family, '; policy = { replied : ', times, ' } }'),
  ),
  'ct expectation': text(
    '{ protocol ',
    protocol,
    '; dport ',
    fc.nat(65_535),
    '; timeout ',
    times,
    '; size ',
    fc.nat(255),
    '; l3proto ',
    family,
    ' }',
  ),
  secmark: fc.constantFrom('"system_u:object_r:ssh_packet_t:s0"', '"web"'),
  synproxy: text(
    '{ mss ',
    fc.nat(65_535),
    '; wscale ',
    fc.nat(14),
    fc.constantFrom('', '; timestamp', '; sack-perm'),
    ' }',
  ),
};

/** The words before the name of an object of a kind. */
const uses: Readonly<Record<string, string>> = {
  counter: 'counter name',
  quota: 'quota name',
  limit: 'limit name',
  'ct helper': 'ct helper set',
  'ct timeout': 'ct timeout set',
  'ct expectation': 'ct expectation set',
  secmark: 'meta secmark set',
  synproxy: 'synproxy name',
};

interface Drawn {
  readonly declaration: string;
  readonly rule: string;
}

function drawn(kind: string): fc.Arbitrary<Drawn> {
  const comment = fc.constantFrom(undefined, 'a note');
  const body = bodies[kind] ?? fc.constant('');
  const form = fc.constantFrom(
    '"NAME"',
    'tcp dport map { 80 : "NAME" }',
    `ip saddr map { 10.0.0.1 comment "one" : "NAME" }`,
  );
  return fc.tuple(fc.constantFrom(...names), body, comment, form).map(([name, said, note, where]) => {
    const lines = said.startsWith('{') ? said.slice(1, -1).trim() : said;
    const block = note === undefined ? said : `{ comment "${note}"; ${lines} }`;
    return {
      declaration: `  ${kind} ${name} ${block}`,
      rule: `    ${uses[kind]} ${where.replace('NAME', name)} continue`,
    };
  });
}

/** A table with at most one object of each kind. */
export const objectTables: fc.Arbitrary<string> = fc
  .subarray(Object.keys(bodies), { minLength: 1 })
  .chain((kinds) => fc.tuple(...kinds.map(drawn)))
  .map((all) =>
    [
      'table inet t {',
      ...all.map(({ declaration }) => declaration),
      '  chain c hook forward priority filter {',
      ...all.map(({ rule }) => rule),
      '  }',
      '}',
    ].join('\n'),
  );
