// Cases of nftables' tests/py: a rule in nft text, and the JSON that nft lists of it. They list without counts and with
// protocols as numbers (`nft --stateless --numeric-protocol`).
import { z } from 'zod';
import { protocol } from '../../src/core/datatype/types.ts';
import { emitNftJson } from '../../src/core/nft/emit-json.ts';
import { importNftJson } from '../../src/core/nft/import-json.ts';
import {
  equalJson,
  isJson,
  isJsonArray,
  isJsonObject,
  type JsonValue,
} from '../../src/core/nft/json-value.ts';
import { writeJson } from '../../src/core/nft/json-writer.ts';
import { nftTextToJson } from '../../src/core/nft/text-import/read.ts';
import type { Result } from './cases.ts';

const json = z.custom<JsonValue>(isJson);

export const nftCase = z.object({
  id: z.string(),
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  preamble: z.array(z.string()),
  rule: z.string(),
  expect: z.enum(['ok', 'fail']),
  json_out: json,
  /** Replayed on nft 1.0.6, and equal. */
  gold: z.boolean(),
});

type NftCase = z.infer<typeof nftCase>;

/** The text of a rule, as nft lists it; nothing where nobody knows how. */
export function runText(one: NftCase): Result | undefined {
  if (!one.gold) return undefined;
  const { id, family, table, chain, preamble, rule } = one;
  const text = [...preamble, `add rule ${family} ${table} ${chain} ${rule}`, ''].join('\n');
  const { value, diagnostics } = nftTextToJson({ name: id, text });
  const named = `${id} \`${rule}\``;
  if (one.expect === 'fail')
    return { id: named, problem: value ? 'is taken, and nft refuses it' : undefined };
  if (!value) return { id: named, problem: `is refused: ${diagnostics[0]?.message}` };
  return { id: named, problem: difference(lastRule(value), one.json_out) };
}

/** The JSON of a rule, imported and emitted again. */
export function runJson({ id, family, rule, expect, gold, json_out: expr }: NftCase): Result | undefined {
  if (!gold || expect === 'fail' || expr === null) return undefined;
  const inside = { family, table: 't' };
  const chain = { ...inside, name: 'c' };
  const body = { ...inside, chain: 'c', expr };
  const document = { nftables: [{ table: { family, name: 't' } }, { chain }, { rule: body }] };
  const { value } = importNftJson({ name: id, text: writeJson(document) });
  const emitted = json.parse(JSON.parse(value ? (emitNftJson(value).value ?? 'null') : 'null'));
  return { id: `${id} \`${rule}\``, problem: difference(lastRule(emitted), expr) };
}

/** The statements of the last rule of a document. */
function lastRule(document: JsonValue): JsonValue {
  const items = isJsonObject(document) ? document['nftables'] : undefined;
  const last = isJsonArray(items) ? items.at(-1) : undefined;
  const object = isJsonObject(last) ? (last['add'] ?? last) : null;
  const rule = isJsonObject(object) ? object['rule'] : undefined;
  return isJsonObject(rule) ? (rule['expr'] ?? null) : null;
}

function difference(found: JsonValue, wanted: JsonValue): string | undefined {
  return equalJson(asListed(found), asListed(wanted)) ? undefined : `becomes ${writeJson(found)}`;
}

/** As nft lists it with `--stateless --numeric-protocol`. */
function asListed(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(asListed);
  if (typeof value === 'string') return protocolNumbers.get(value) ?? value;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isCount = key === 'counter' && isJsonObject(inner) && 'packets' in inner;
      return [key, isCount ? null : asListed(inner)];
    }),
  );
}

const protocolNumbers = new Map(
  [...(protocol.constants ?? [])].map(([name, number]) => [name, Number(number)]),
);
