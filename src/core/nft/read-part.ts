// A statement of a rule in nft JSON as a part of our rule: by the definition that knows it, else opaque.
import type { OpaquePart, Part } from '../ir/ruleset.ts';
import type { NftMatchSpelling, NftSpelled } from '../match/define.ts';
import { matches, selectors } from '../match/registry.ts';
import { statements } from '../statement/registry.ts';
import type { Span } from '../text/source.ts';
import { equalJson, isJsonArray, isJsonObject, type JsonValue } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { isPlainCounter } from './plain-counter.ts';
import { knownStatement } from './schema/statement.ts';
import { statementText } from './text/statement.ts';
import { rememberWording } from './wording.ts';

/** Reads one statement, or a rule's comment in the form `{ "comment": … }`. */
export type PartReader = (statement: JsonValue, span: Span | undefined) => Part;

interface Candidate {
  readonly kind: 'match' | 'statement';
  readonly key: string;
  readonly nft: NftMatchSpelling<unknown>;
}

const candidates: readonly Candidate[] = [
  ...matches.map(({ key, nft }) => ({ kind: 'match' as const, key, nft })),
  ...statements.map(({ key, nft }) => ({ kind: 'statement' as const, key, nft })),
];

/**
 * A reader for one rule set. No statement is understood by two definitions, so the one that understood the last
 * statement of the same shape is asked first: a rule set has few shapes. What is worded otherwise than we would is looked
 * through as a whole: what a later nft says beside what is known may change what that means.
 */
export function makePartReader(): PartReader {
  const lastByShape = new Map<string, Candidate>();
  return (statement, span) => {
    const shape = shapeOf(statement);
    const last = lastByShape.get(shape);
    for (const candidate of candidatesFor(statement, last)) {
      const args = candidate.nft.read(statement);
      if (args === undefined) continue;
      const spelled = candidate.nft.write(args);
      const isOurs = isWordedAs(statement, spelled);
      if (!isOurs && !knownStatement.safeParse(statement).success) break;
      lastByShape.set(shape, candidate);
      const part = partOf(candidate, args, span);
      if (!isOurs && 'statement' in spelled) rememberWording(part, statement);
      return part;
    }
    return opaquePart(statement, span);
  };
}

/** Written out: what is copied with `...` takes half as much memory again. */
function partOf({ kind, key }: Candidate, args: unknown, span: Span | undefined): Part {
  return span ? { kind, key, args, span } : { kind, key, args };
}

/** Matches with parameters come last; they are made for the statement. */
function* candidatesFor(statement: JsonValue, last: Candidate | undefined): Iterable<Candidate> {
  if (last) yield last;
  yield* candidates;
  for (const { key, nft } of expressionsOf(statement).flatMap(selectors.ofJson))
    yield { kind: 'match', key, nft };
}

/** What a comparison reads, first without a mask, which may be one of the comparison. */
function expressionsOf(statement: JsonValue): readonly JsonValue[] {
  const match = isJsonObject(statement) ? statement['match'] : undefined;
  const left = isJsonObject(match) ? match['left'] : undefined;
  const [inner] = isJsonObject(left) && isJsonArray(left['&']) ? left['&'] : [];
  return [inner, left].filter((one) => one !== undefined);
}

/** Counts belong to the rule and may be set apart from it. */
function isWordedAs(statement: JsonValue, spelled: NftSpelled): boolean {
  if ('comment' in spelled) return true;
  if (isPlainCounter(statement)) return true;
  return 'statement' in spelled && equalJson(spelled.statement, statement);
}

/** The key, and of a comparison what is compared. */
function shapeOf(statement: JsonValue): string {
  const [key, body] = isJsonObject(statement) ? (Object.entries(statement)[0] ?? ['']) : [''];
  return isJsonObject(body) && body.left !== undefined ? writeJson(body.left) : key;
}

/** A statement that nobody understands, word for word. */
export function opaquePart(statement: JsonValue, span: Span | undefined): OpaquePart {
  return {
    kind: 'opaque',
    origin: 'nft',
    role: roleOf(statement),
    content: statement,
    text: statementText(statement) ?? writeJson(statement),
    ...(span && { span }),
  };
}

/** Statements that end the rule or let it go on, depending on what they count or look at. */
const conditions = new Set(['match', 'limit', 'quota', 'ct count', 'meter']);

/** Statements after which the rule always goes on, and which change nothing that a condition may look at. */
const harmless = new Set([
  'counter',
  'log',
  'set',
  'map',
  'dup',
  'last',
  'reset',
  'secmark',
  'ct helper',
  'ct timeout',
  'ct expectation',
]);

function roleOf(statement: JsonValue): OpaquePart['role'] {
  const [[key, body] = [''], ...others] = isJsonObject(statement) ? Object.entries(statement) : [];
  if (others.length > 0) return 'unknown';
  if (conditions.has(key) || countsByElement(body)) return 'match';
  return harmless.has(key) || (key === 'mangle' && changesOption(body)) ? 'statement' : 'unknown';
}

/** A set whose elements have a limit or counter of their own: the limit ends the rule (nft_dynset.c: nft_dynset_eval). */
function countsByElement(body: JsonValue | undefined): boolean {
  return isJsonObject(body) && Object.hasOwn(body, 'stmt');
}

/** The size in a TCP option, most of all, is changed by many gateways. */
function changesOption(mangle: JsonValue | undefined): boolean {
  const target = isJsonObject(mangle) ? mangle.key : undefined;
  return isJsonObject(target) && Object.hasOwn(target, 'tcp option');
}
