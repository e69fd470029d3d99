// `log`: writes the packet to the kernel's log, or hands it to a group of listeners.

import type { Part } from '../ir/ruleset.ts';
import { isPrintable, nftTextProblem, quote } from '../match/quote.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';
import { type Flag, flagNames, type Group, type Log, levels, orderFlags, plainLog } from './log-args.ts';
import { logReaders, writeLogTarget } from './log-iptables.ts';
import { nftPrefixLimit, readLog, writeLog } from './log-language.ts';

export const log = defineStatement<Log>({
  key: 'log',
  summary:
    'Writes the packet to the kernel log, or with `group` hands it to whoever listens there; the rule goes on.',
  terminal: false,
  passes: true,
  read: readLog,
  write: writeLog,
  nft: {
    write: (args) => {
      const problem = args.prefix === undefined ? undefined : nftTextProblem(args.prefix, nftPrefixLimit);
      return problem === undefined
        ? { statement: { log: toJson(args) } }
        : { unsupported: `the log prefix has ${problem}` };
    },
    read: fromJson,
  },
  iptables: { write: writeLogTarget, readers: logReaders },
  execute: ({ prefix }) => ({
    kind: 'none',
    note: prefix === undefined ? logged : `${logged} with the prefix ${quote(prefix)}`,
  }),
});

const logged = 'logged';

/** Whether a note of a rule's step is that of this statement. */
export function saysLogged(note: string): boolean {
  return note.startsWith(logged);
}

function toJson({ prefix, level, flags, group }: Log): JsonObject | null {
  const json = {
    ...(prefix !== undefined && { prefix }),
    ...(group && groupToJson(group)),
    ...(level !== plainLog.level && { level }),
    ...(flags.length > 0 && { flags: flagsToJson(flags) }),
  };
  return Object.keys(json).length === 0 ? null : json;
}

function groupToJson({ number = 0n, snaplen, threshold }: Group): JsonObject {
  return {
    group: Number(number),
    ...(snaplen !== undefined && { snaplen: Number(snaplen) }),
    ...(threshold !== undefined && { 'queue-threshold': Number(threshold) }),
  };
}

function flagsToJson(flags: readonly Flag[]): JsonValue {
  const [only] = flags;
  if (flags.length === flagNames.length) return 'all';
  return flags.length === 1 && only ? only : flags;
}

const known = new Set(['prefix', 'level', 'flags', 'group', 'snaplen', 'queue-threshold']);

function fromJson(statement: JsonValue): Log | undefined {
  if (!isJsonObject(statement) || !('log' in statement)) return undefined;
  const given = statement['log'];
  if (given === null) return plainLog;
  if (!isJsonObject(given) || !Object.keys(given).every((key) => known.has(key))) return undefined;
  const { prefix, level = plainLog.level } = given;
  const knownLevel = levels.find((name) => name === level);
  const flags = flagsFromJson(given['flags'] ?? []);
  const group = groupFromJson(given);
  if (!knownLevel || !flags || group === null) return undefined;
  if (prefix !== undefined && (typeof prefix !== 'string' || !isPrintable(prefix))) return undefined;
  return { level: knownLevel, flags, ...(prefix !== undefined && { prefix }), ...(group && { group }) };
}

function flagsFromJson(json: JsonValue): readonly Flag[] | undefined {
  if (json === 'all') return flagNames;
  const items = isJsonArray(json) ? json : [json];
  const flags = items.map((item) => flagNames.find((name) => name === item));
  const found = flags.filter((flag) => flag !== undefined);
  return found.length === flags.length ? orderFlags(found) : undefined;
}

/** Null where something is not understood. */
function groupFromJson(given: JsonObject): Group | undefined | null {
  const { group, snaplen, 'queue-threshold': threshold } = given;
  if (group === undefined) return snaplen === undefined && threshold === undefined ? undefined : null;
  const numbers = [group, snaplen ?? 0, threshold ?? 0];
  if (!numbers.every((one) => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0)) return null;
  return {
    number: BigInt(Number(group)),
    ...(snaplen !== undefined && { snaplen: BigInt(Number(snaplen)) }),
    ...(threshold !== undefined && { threshold: BigInt(Number(threshold)) }),
  };
}

/** What a rule writes in front of the packets that it logs. */
export function logPrefixesOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => {
    const args = part.kind === 'statement' && part.key === log.key ? part.args : undefined;
    const hasPrefix = typeof args === 'object' && args !== null && 'prefix' in args;
    return hasPrefix && typeof args.prefix === 'string' ? [args.prefix] : [];
  });
}
