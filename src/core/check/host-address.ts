// The addresses of an interface in a `host` block, with what `ip address add` may say of them.
import type { Statement } from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import type { AddressFacts } from '../topology/facts.ts';
import { type Cursor, complainAt, peek, takeWord } from './cursor.ts';
import { type Option, option, readAddress, readCount, readNetwork, readOptions } from './host-value.ts';

/** Takes `10.0.0.1/24`, and behind it what ip-address(8) has (`scope`, `peer`, `label` …), and `dhcp` for a leased one. */
export function readInterfaceAddress(cursor: Cursor, { span }: Statement): AddressFacts | undefined {
  const network = readNetwork(cursor);
  if (!network) return undefined;
  const { family, value, length } = network;
  const facts = { address: { family, value }, prefixLength: length, span };
  const added = readOptions<AddressFacts>(cursor, facts, options);
  return added && { ...facts, ...added };
}

const options: ReadonlyMap<string, Option<AddressFacts>> = new Map<string, Option<AddressFacts>>([
  ['scope', option(readScope, (scope) => ({ scope }))],
  [
    'peer',
    option(
      (cursor, { address }) => readAddress(cursor, address?.family),
      ({ value }) => ({ peer: value }),
    ),
  ],
  ['label', option(readLabel, (label) => ({ label }))],
  ['deprecated', () => ({ deprecated: true })],
  ['dhcp', () => ({ leased: true })],
  ['noprefixroute', () => ({ noPrefixRoute: true })],
  [
    'metric',
    option<AddressFacts, number>(
      (cursor) => readCount(cursor),
      (metric) => (metric === 0 ? {} : { metric }),
    ),
  ],
  ['temporary', () => ({ temporary: true })],
  ['home', () => ({ home: true })],
  ['tentative', () => ({ tentative: true })],
  ['dadfailed', () => ({ tentative: true, dadFailed: true })],
  ['optimistic', () => ({ tentative: true, optimistic: true })],
  ['nodad', () => ({})],
  ['mngtmpaddr', () => ({ managesTemporary: true })],
  ['valid_lft', (cursor) => readLifetime(cursor, (seconds) => ({ validLifetime: seconds }))],
  [
    'preferred_lft',
    (cursor) =>
      readLifetime(cursor, (seconds) => ({
        preferredLifetime: seconds,
        ...(seconds === 0 && { deprecated: true }),
      })),
  ],
]);

/** Seconds, or `forever`, which is as if nothing was said. */
function readLifetime(
  cursor: Cursor,
  add: (seconds: number) => Partial<AddressFacts>,
): Partial<AddressFacts> | undefined {
  if (takeWord(cursor, 'forever')) return {};
  const seconds = readCount(cursor);
  return seconds === undefined ? undefined : add(seconds);
}

/** A text: an interface can't be called so. */
function readLabel(cursor: Cursor): string | undefined {
  const next = peek(cursor);
  if (next?.term.kind !== 'string')
    return complainAt(cursor, next, 'HK3009', 'the label is missing', { help: 'write `label "eth0:1"`' });
  cursor.at++;
  return next.term.value;
}

function readScope(cursor: Cursor): AddressFacts['scope'] {
  const scope = takeWord(cursor, 'global', 'link', 'host');
  if (scope) return scope;
  const next = peek(cursor);
  const found = next ? `\`${textOf(next.term.span)}\` is no scope` : 'the scope is missing';
  return complainAt(cursor, next, 'HK3009', found, { help: 'it is `global`, `link` or `host`' });
}
