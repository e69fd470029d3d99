// Rules in the language: each part by its own definition, what is not understood in the words of its tool.
import { agnosticKeys } from '../check/agnostic.ts';
import { rawRoles } from '../check/raw.ts';
import type { Match, OpaqueObject, OpaquePart, Part, Rule, Statement, Table } from '../ir/ruleset.ts';
import { quote } from '../match/quote.ts';
import { findMatch } from '../match/registry.ts';
import { isJson } from '../nft/json-value.ts';
import { writeJson } from '../nft/json-writer.ts';
import { findStatement } from '../statement/registry.ts';

type Limit = 'ip' | 'ip6' | undefined;

/** What would be the comment of the chain if it stood alone in a line. */
const onlyComment = /^comment "(?:[^"\\]|\\.)*"$/;

/** One line. A rule without anything to do is there to count, which iptables does in every rule. */
export function writeRule({ parts }: Rule, { family }: Table): string {
  const words: string[] = [];
  let limit: Limit = family === 'ip' || family === 'ip6' ? family : undefined;
  for (const part of parts) {
    words.push(writePart(part, limit));
    limit ??= part.kind === 'match' ? findMatch(part.key)?.family : undefined;
  }
  const text = words.join(' ');
  return onlyComment.test(text) ? `${text} counter` : text || 'counter';
}

function writePart(part: Part, limit: Limit): string {
  return part.kind === 'opaque' ? writeOpaque(part) : writeKnown(part, limit);
}

/** A key that stands for several matches is this one only where packets of its family are left. */
function writeKnown({ kind, key, args }: Match | Statement, limit: Limit): string {
  const definition = kind === 'match' ? findMatch(key) : findStatement(key);
  const text = definition?.write(args) ?? key;
  const agnostic = agnosticKeys.get(key);
  if (!agnostic || (limit && agnostic[limit] === key)) return text;
  const exact = definition?.aliases?.find((alias) => !agnosticKeys.has(alias)) ?? key;
  return exact + text.slice(key.length);
}

function writeOpaque({ origin, role, content, text }: OpaquePart): string {
  if (origin === 'nft' && isJson(content)) return `nft ${writeJson(content)}`;
  const word = Object.entries(rawRoles).find(([, one]) => one === role)?.[0];
  return `${origin} ${word} ${quote(text)}`;
}

/** An object of a table that is kept word for word. */
export function writeObject({ content, text }: OpaqueObject): string {
  return `nft ${isJson(content) ? writeJson(content) : text}`;
}
