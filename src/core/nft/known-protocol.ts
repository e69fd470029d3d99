// Which transport protocol the statements of a rule have demanded so far: nft compares some things only where it knows.
import { protocol } from '../datatype/types.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/** The number of the one protocol that a packet has behind a statement; undefined where the statement does not tell. */
export function demandedProtocol(statement: JsonValue): number | undefined {
  const match = isJsonObject(statement) ? statement['match'] : undefined;
  const left = isJsonObject(match) ? match['left'] : undefined;
  if (!isJsonObject(match) || !isJsonObject(left)) return undefined;
  const { op, right } = match;
  if (isProtocolField(left))
    return op === '==' && (typeof right === 'string' || typeof right === 'number')
      ? numberOf(`${right}`)
      : undefined;
  return headerProtocol(left);
}

/** The number of the transport protocol in whose header an expression looks, if it looks in one. */
export function headerProtocol(expression: JsonValue): number | undefined {
  const payload = isJsonObject(expression) ? expression['payload'] : undefined;
  const header = isJsonObject(payload) ? payload['protocol'] : undefined;
  return typeof header === 'string' && !networkHeaders.has(header) ? numberOf(header) : undefined;
}

/** Their names are numbers of protocols too, inside of others. */
const networkHeaders = new Set(['ip', 'ip6', 'th', 'ether', 'vlan', 'arp']);

function isProtocolField({ meta, payload }: JsonObject): boolean {
  if (isJsonObject(meta)) return meta['key'] === 'l4proto';
  return isJsonObject(payload) && payload['protocol'] === 'ip' && payload['field'] === 'protocol';
}

function numberOf(name: string): number | undefined {
  const value = protocol.parse(name);
  return value === undefined ? undefined : Number(value);
}
