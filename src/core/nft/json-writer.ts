// Writes JSON on one line in the layout of nft (jansson's: a blank after `,` and `:`).
import { isJsonArray, isJsonObject, type JsonValue } from './json-value.ts';

/** The text of a value; whole numbers of any size are exact. */
export function writeJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(writeJson).join(', ')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}: ${writeJson(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
