// fixtures/topology/addresses.txt: what is done to the addresses of a host, and below it what it has then. The model and
// the kernel are both held to what is written.
import { formatAddress, parseAddress } from '../../src/core/datatype/address.ts';
import { addAddress, deleteAddress, takeDown } from '../../src/core/topology/address-change.ts';
import type { SysctlFact } from '../../src/core/topology/facts.ts';
import type { Host, InterfaceAddress, Route } from '../../src/core/topology/host.ts';
import { makeHost } from '../../src/core/topology/make-host.ts';
import { formatPrefix } from '../../src/core/topology/prefix.ts';

/** One of the file. */
export interface AddressCase {
  readonly title: string;
  readonly sysctls: readonly SysctlFact[];
  /** `add DEVICE ADDRESS …`, `delete DEVICE ADDRESS`, `route …`, `down DEVICE`. */
  readonly steps: readonly string[];
  readonly expected: readonly string[];
}

/** Reads the file. */
export function readAddressCases(text: string): readonly AddressCase[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.split('\n').filter((line) => line !== '');
      const done = lines.filter((line) => !line.startsWith('# '));
      const sysctls = done.flatMap((line) => {
        const [word, name = '', value = ''] = line.split(' ');
        return word === 'sysctl' ? [{ name, value }] : [];
      });
      return {
        title,
        sysctls,
        steps: done.filter((line) => !line.startsWith('sysctl ')),
        expected: lines.filter((line) => line.startsWith('# ')).map((line) => line.slice(2)),
      };
    });
}

/** A host with these interfaces, none of which has an address. */
export function bareHost(sysctls: readonly SysctlFact[], devices: readonly string[]): Host {
  const interfaces = devices.map((name) => ({ name, addresses: [] }));
  const { value } = makeHost({ name: 'h', interfaces, sysctls });
  if (!value) throw new Error('no such host');
  return value;
}

/** The host behind a step. */
export function afterStep(host: Host, line: string): Host {
  const [word, first = '', ...rest] = line.split(' ');
  if (word === 'down') return takeDown(host, first).host;
  if (word === 'route') return { ...host, routes: [...host.routes, routeOf(first, rest)] };
  const [text = '', , scope] = rest;
  const entry = addressOf(text, scope === 'link' ? 'link' : 'global');
  if (word === 'add') return addAddress(host, first, entry).host;
  const { addresses = [] } = host.interfaces.find(({ name }) => name === first) ?? {};
  const there = addresses.find(
    (one) => one.address.value === entry.address.value && one.prefixLength === entry.prefixLength,
  );
  if (!there) throw new Error(`${first} has no ${text}`);
  return deleteAddress(host, first, there).host;
}

/** An address as `ADDRESS/LENGTH`, not secondary. */
export function addressOf(text: string, scope: InterfaceAddress['scope'] = 'global'): InterfaceAddress {
  const [head = '', length = ''] = text.split('/');
  const address = parseAddress(head);
  if (!address) throw new Error(`no address: ${text}`);
  return { address, prefixLength: Number(length), secondary: false, scope };
}

function routeOf(network: string, words: readonly string[]): Route {
  const { address, prefixLength } = addressOf(network);
  const said = (word: string): string | undefined => words[words.indexOf(word) + 1 || words.length];
  const source = parseAddress(said('src') ?? '')?.value;
  const { family } = address;
  return {
    family,
    type: 'unicast',
    destination: address.value,
    prefixLength,
    table: Number(said('table') ?? 254),
    metric: family === 4 ? 0 : 1024,
    scope: family === 4 ? 'link' : 'global',
    device: said('dev') ?? '',
    ...(source !== undefined && { source }),
  };
}

/** Addresses in order, and routes in the order that they have for one destination. */
export function addressesAndRoutes({ interfaces, routes }: Host): readonly string[] {
  const addresses = interfaces.flatMap(({ name, addresses: list }) =>
    list.map(({ address, prefixLength, secondary }) =>
      addressText(name, `${formatAddress(address)}/${prefixLength}`, secondary),
    ),
  );
  return inOrder(addresses, routes.map(routeText));
}

/** An address of an interface. */
export function addressText(device: string, address: string, secondary: boolean): string {
  return [device, address, secondary ? 'secondary' : ''].join(' ');
}

function routeText({
  family,
  type,
  destination,
  prefixLength,
  table,
  metric,
  device,
  source,
}: Route): string {
  const prefers = source === undefined ? '-' : formatAddress({ family, value: source });
  const to = formatPrefix(family, destination, prefixLength);
  return [`IPv${family}`, table, to, metric, type, device, prefers].join(' ');
}

/** Each list stays in its order. Groups of IPv6 are not what this is about. */
export function inOrder(addresses: readonly string[], routes: readonly string[]): readonly string[] {
  return [
    ...addresses.toSorted((a, b) => compare(wordsOf(a, 1), wordsOf(b, 1))),
    ...routes
      .filter((line) => !line.includes(' multicast '))
      .toSorted((a, b) => compare(wordsOf(a, 4), wordsOf(b, 4))),
  ];
}

function wordsOf(line: string, count: number): string {
  return line.split(' ').slice(0, count).join(' ');
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Without the loopback interface, and without blanks at the end. */
export function withoutLoopback(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/(?:^| )lo /.test(line)).map((line) => line.trimEnd());
}
