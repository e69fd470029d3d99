// Whether a rule asks for headers of two transport protocols. No packet has both, and nft refuses the rule (src/payload.c:
// payload_add_dependency, "conflicting protocols specified").
import { protocol } from '../datatype/types.ts';
import type { Part } from '../ir/ruleset.ts';
import type { MatchDefinition } from '../match/define.ts';
import { isJsonObject } from '../nft/json-value.ts';
import { demandedProtocol, headerProtocol } from '../nft/known-protocol.ts';
import type { Span } from '../text/source.ts';

/** The transport protocol that a rule has demanded, and where. */
export interface Transport {
  readonly number: number;
  readonly span: Span;
}

/** The protocol in whose header a match looks; it depends on nothing but its key. */
const headers = new WeakMap<MatchDefinition<unknown>, number | 'none'>();

function headerOf(definition: MatchDefinition<unknown>): number | undefined {
  const known = headers.get(definition) ?? headerProtocol(definition.selector?.nft ?? null) ?? 'none';
  headers.set(definition, known);
  return known === 'none' ? undefined : known;
}

/** The protocol that a match asks for beside one that was demanded before it. */
export function conflictOf(
  definition: MatchDefinition<unknown>,
  transport: Transport | undefined,
): number | undefined {
  const header = transport && headerOf(definition);
  return header === undefined || header === transport?.number ? undefined : header;
}

/** The one protocol of which packets are left behind a match; undefined where it says nothing of that. */
function demandOf(definition: MatchDefinition<unknown>, args: unknown): number | undefined {
  const header = headerOf(definition);
  if (header !== undefined || definition.selector === undefined) return header;
  if (definition.transports === undefined) return undefined;
  const spelled = definition.nft.write(args);
  const statement = 'statement' in spelled ? spelled.statement : undefined;
  return isJsonObject(statement) ? demandedProtocol(statement) : undefined;
}

/** The same with the place of the match. */
export function transportOf(definition: MatchDefinition<unknown>, part: Part): Transport | undefined {
  const number = part.kind === 'match' ? demandOf(definition, part.args) : undefined;
  return number === undefined || !part.span ? undefined : { number, span: part.span };
}

/** How a message names a protocol. */
export function protocolText(number: number): string {
  return protocol.format(BigInt(number));
}
