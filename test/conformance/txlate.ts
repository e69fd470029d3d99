// Cases of iptables-translate: a command of iptables and the commands of nft that upstream gives for it. Ours says the
// same where both come to the same JSON; texts are not compared, and neither are the counters that upstream adds.
import { z } from 'zod';
import type { Outcome } from '../../src/core/diagnostic/diagnostic.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
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
import { importNftText } from '../../src/core/nft/text-import/import.ts';
import type { Result } from './cases.ts';
import { dumpOf } from './ipt.ts';

const json = z.custom<JsonValue>(isJson);

export const translationCase = z.object({
  id: z.string(),
  tool: z.enum(['iptables', 'ip6tables']),
  cmd: z.string(),
  nft: z.array(z.string()),
  untranslatable: z.boolean(),
});

type Case = z.infer<typeof translationCase>;

/** What comes of a case: rules, or why there are none. */
type Told = { readonly rules: JsonValue } | { readonly problem: string };

/** What we make of a case's command for nft; undefined for commands that make no rule. */
export function translated({ id, tool, cmd }: Case): Outcome<string> | undefined {
  const table = /-t (\S+)/.exec(cmd)?.[1] ?? 'filter';
  const line = cmd.replace(/-t \S+ ?/, '').trim();
  if (!/(?:^| )-[AI] /.test(line)) return undefined;
  const family = familyOf(tool);
  const text = dumpOf({ line: line.replace(/-I (\S+)(?: \d+)?/, '-A $1'), table });
  const { value, diagnostics } = importIptables({ name: id, text }, { family });
  return value ? emitNftJson(value) : { value: undefined, diagnostics };
}

function rulesOf({ value, diagnostics }: Outcome<string>): Told {
  if (value === undefined) return { problem: `is refused: ${diagnostics[0]?.message}` };
  const imported = importNftJson({ name: 'ours', text: value }).value;
  return imported ? rulesIn(imported) : { problem: 'is not read again' };
}

/** The rules as we write them, of whatever they were read from. */
function rulesIn(ruleSet: RuleSet): Told {
  const { value = 'null', diagnostics } = emitNftJson(ruleSet);
  const document = json.parse(JSON.parse(value));
  const items = isJsonObject(document) ? document['nftables'] : undefined;
  if (!isJsonArray(items)) return { problem: `can't be written: ${diagnostics[0]?.message}` };
  const rules = items.flatMap((item) => {
    const add = isJsonObject(item) ? item['add'] : undefined;
    const rule = isJsonObject(add) ? add['rule'] : undefined;
    if (!isJsonObject(rule)) return [];
    const { comment = null, expr = [] } = rule;
    return [[comment, normal(isJsonArray(expr) ? expr : [])]];
  });
  return { rules };
}

/** Without counters, and with the conditions before the first statement that counts or acts in one order. */
function normal(expr: readonly JsonValue[]): readonly JsonValue[] {
  const parts = expr.filter((part) => !(isJsonObject(part) && 'counter' in part)).map(usual);
  const end = parts.findIndex((part) => !isJsonObject(part) || !('match' in part));
  const conditions = (end === -1 ? parts : parts.slice(0, end)).toSorted((a, b) =>
    writeJson(a) < writeJson(b) ? -1 : 1,
  );
  return [...conditions, ...(end === -1 ? [] : parts.slice(end))];
}

/** What nft has two spellings for, in one of them. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/\{"payload": \{"protocol": "ip", "field": "protocol"\}\}/, '{"meta": {"key": "l4proto"}}'],
  [/\{"ct": \{"key": "protocol", "dir": "original"\}\}/, '{"ct": {"key": "protocol"}}'],
  [/"ct": \{"key": "ip6? ([sd]addr)"/, '"ct": {"key": "$1"'],
  [
    /"op": "==", ("left": \{"fib": \{"result": "oif", "flags": \[[^\]]*\]\}\}, "right": )"0"/,
    '"op": "==", $1false',
  ],
  [
    /"op": "!=", ("left": \{"fib": \{"result": "oif", "flags": \[[^\]]*\]\}\}, "right": )"0"/,
    '"op": "==", $1true',
  ],
  // What `reject` sends unless it says otherwise.
  [/\{"reject": \{"type": "icmp(?:v6)?", "expr": "port-unreachable"\}\}/, '{"reject": null}'],
];

function usual(part: JsonValue): JsonValue {
  const text = spellings.reduce(
    (said, [pattern, usually]) => said.replace(pattern, usually),
    writeJson(part),
  );
  return json.parse(JSON.parse(text));
}

/** Upstream's commands, with what they need before them. */
function upstreamRules({ id, tool, nft }: Case): Told {
  const family = familyOf(tool);
  const [, table = 'filter', chain = 'INPUT'] = /rule \S+ (\S+) (\S+)/.exec(nft.at(-1) ?? '') ?? [];
  const chains = [chain, ...nft.flatMap((line) => /(?:jump|goto) (\S+)/.exec(line)?.[1] ?? [])];
  const text = [
    `add table ${family} ${table}`,
    ...chains.map((name) => `add chain ${family} ${table} ${name}`),
    ...nft.map((line) => line.replace(/^insert rule/, 'add rule')),
    '',
  ].join('\n');
  const { value, diagnostics } = importNftText({ name: id, text });
  return value ? rulesIn(value) : { problem: `upstream's is refused: ${diagnostics[0]?.message}` };
}

function familyOf(tool: Case['tool']): 'ip' | 'ip6' {
  return tool === 'ip6tables' ? 'ip6' : 'ip';
}

/** Compares what we make of the command with what upstream does, where there is any. */
export function runTranslation(one: Case): Result | undefined {
  const outcome = translated(one);
  if (!outcome || one.untranslatable) return undefined;
  const id = `${one.id} \`${one.cmd}\``;
  const [ours, theirs] = [rulesOf(outcome), upstreamRules(one)];
  if ('problem' in ours) return { id, problem: ours.problem };
  if ('problem' in theirs) return { id, problem: theirs.problem };
  if (equalJson(ours.rules, theirs.rules)) return { id, problem: undefined };
  return { id, problem: `becomes ${writeJson(ours.rules)}, with upstream ${writeJson(theirs.rules)}` };
}
