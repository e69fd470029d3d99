// What `nft list` of version 1.0.6 leaves out of a rule in its text, tried out: what it prints is then refused, or is
// another rule. Its JSON has all of it.
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/** By the key of a statement, what is left out of it and when. */
const gaps: ReadonlyMap<string, (body: JsonObject) => string | undefined> = new Map([
  // nftables: src/statement.c: tproxy_stmt_print has a port only where it is a single value.
  [
    'tproxy',
    ({ port }) =>
      isJsonObject(port) ? 'the port of `tproxy`, which is worked out for each packet' : undefined,
  ],
]);

/** What nft's listing does not say of a statement; undefined where it says all. */
export function unlistedPart(statement: JsonValue): string | undefined {
  const [entry] = isJsonObject(statement) ? Object.entries(statement) : [];
  const [key = '', body] = entry ?? [];
  return isJsonObject(body) ? gaps.get(key)?.(body) : undefined;
}
