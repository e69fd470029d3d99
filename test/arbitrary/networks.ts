// Networks of any shape: hosts in hosts, bridges, VLANs and cards of other hosts, cables and switches, names that have to
// be escaped. They need not make sense to anybody who wants to talk.
import fc from 'fast-check';

/** Of at most four letters. */
const strange = fc.constantFrom('', '<', '>&', '"', "'", '#;', '路', 'ä', '{}', '[|]', '`', '--', ']]>');

const interfaceKind = fc.constantFrom(
  '',
  'down',
  'type bridge',
  'type vlan id 7 link "LOWER"',
  'master "LOWER"',
);

const hostShape = fc.record({
  interfaces: fc.array(fc.record({ strange, kind: interfaceKind, addresses: fc.nat(3) }), {
    minLength: 1,
    maxLength: 4,
  }),
  within: fc.option(fc.nat(9), { nil: undefined }),
  rules: fc.boolean(),
  forwards: fc.boolean(),
});

const linkShape = fc.record({
  ends: fc.array(fc.nat(40), { minLength: 2, maxLength: 5 }),
  hairpin: fc.boolean(),
});

/** A network as the text of a policy, with all the names in it. */
export interface NetworkText {
  readonly text: string;
  readonly hosts: readonly string[];
  readonly names: readonly string[];
}

/** Any network. */
export const networkText: fc.Arbitrary<NetworkText> = fc
  .record({
    hosts: fc.array(hostShape, { minLength: 1, maxLength: 7 }),
    links: fc.array(linkShape, { maxLength: 6 }),
  })
  .map(({ hosts, links }) => {
    const names = hosts.map((_, at) => `h${at}`);
    const devices = hosts.map(({ interfaces }) => interfaces.map((one, at) => `e${at}${one.strange}`));
    const free = devices.flatMap((list, host) =>
      list.flatMap((device, at) =>
        kindAt(hosts[host]?.interfaces ?? [], at).startsWith('type') ? [] : [{ host: `h${host}`, device }],
      ),
    );
    const linked = links.flatMap(({ ends, hairpin }, at) => {
      const taken = ends.flatMap((end) => free.splice(end % (free.length || 1), 1));
      return taken.length < 2 ? [] : [linkText(`l${at}`, taken, hairpin)];
    });
    const blocks = hosts.map((host, at) => hostText(names, host, at, devices[at] ?? []));
    return {
      text: [...blocks, ...linked].join('\n'),
      hosts: names,
      names: [...names, ...devices.flat(), ...linked.map((one) => one.split(' ')[1] ?? '')],
    };
  });

type HostShape = typeof hostShape extends fc.Arbitrary<infer Shape> ? Shape : never;

function hostText(
  names: readonly string[],
  { interfaces, within, rules, forwards }: HostShape,
  at: number,
  devices: readonly string[],
): string {
  // One that stands before it, so that none is inside of itself.
  const outer = within === undefined || at === 0 ? undefined : names[within % at];
  return [
    `host h${at} {`,
    ...(outer === undefined ? [] : [`  within ${outer}`]),
    ...(rules
      ? ['  table inet t { chain c hook input priority filter policy accept { tcp dport 22 drop } }']
      : []),
    ...(rules ? [] : ['  policy none']),
    ...(forwards ? ['  sysctl net.ipv4.ip_forward = 1'] : []),
    ...interfaces.map(({ addresses }, index) =>
      interfaceText(devices, index, kindAt(interfaces, index), addressesOf(at, index, addresses)),
    ),
    '}',
  ].join('\n');
}

/** What stands on another needs one before it, and a port a bridge. */
function kindAt(interfaces: HostShape['interfaces'], index: number): string {
  const [kind = '', before] = [interfaces[index]?.kind, interfaces[index - 1]?.kind];
  if (before === undefined && kind.includes('LOWER')) return 'down';
  return kind.startsWith('master') && before !== 'type bridge' ? 'down' : kind;
}

function addressesOf(host: number, index: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `address 10.${host}.${index}.${at + 1}/24`);
}

function interfaceText(
  devices: readonly string[],
  index: number,
  kind: string,
  addresses: readonly string[],
): string {
  const lower = devices[index - 1];
  const said =
    lower === undefined && kind.includes('LOWER') ? '' : kind.replace('LOWER', quoted(lower ?? ''));
  const lines = [said, ...addresses].filter((one) => one !== '');
  return `  interface "${quoted(devices[index] ?? '')}" { ${lines.join('; ')} }`;
}

function linkText(
  name: string,
  ends: readonly { readonly host: string; readonly device: string }[],
  hairpin: boolean,
): string {
  const lines = ends.map(({ host, device }) => `${host} "${quoted(device)}"`);
  return `link ${name} { ${[...lines, ...(hairpin ? ['hairpin'] : [])].join('; ')} }`;
}

function quoted(text: string): string {
  return text.replace(/[\\"]/g, '\\$&');
}
