// Where each comment of a dump goes in the policy that is written from it: every one to exactly one place. A comment is
// about what follows it in its block, or stands behind the last thing there, or is about what the block belongs to.
import type { RuleSet } from '../ir/ruleset.ts';
import type { Source, Span } from '../text/source.ts';
import type { Remarks } from './remarks.ts';
import { type CommentSyntax, type Mark, marksOf } from './source-comments.ts';

/** What is written for a place of the source. */
interface Anchor {
  readonly kind: 'anchor';
  readonly at: number;
  readonly end: number;
  readonly above: Comment[];
  readonly behind: Comment[];
}

type Comment = Extract<Mark, { kind: 'comment' }>;

interface Waiting {
  readonly comment: Comment;
  readonly depth: number;
}

/** What is known on the way through a source. */
interface Walk {
  readonly source: Source;
  /** For each block around this place, the outermost first, what came last in it. */
  readonly last: (Anchor | undefined)[];
  /** Comments that what follows them in their block is to take, the innermost blocks last. */
  readonly waiting: Waiting[];
  readonly head: Comment[];
}

/** All comments of the sources, placed beside what a rule set says of itself. */
export function placeRemarks(ruleSet: RuleSet, sources: readonly Source[], syntax: CommentSyntax): Remarks {
  const spans = spansOf(ruleSet);
  const head: Comment[] = [];
  const placed = new Map(
    [...new Map(sources.map((source) => [source.name, source])).values()].map((source) => {
      const anchors = anchorsOf(spans.get(source.name) ?? []);
      walk(source, [...marksOf(source, syntax), ...anchors.values()], head);
      return [source.name, anchors];
    }),
  );
  const find = (span: Span | undefined): Anchor | undefined =>
    span && placed.get(span.source.name)?.get(span.start);
  return {
    above: (span) => textsOf(find(span)?.above),
    behind: (span) => textsOf(find(span)?.behind),
    head: head.map(({ text }) => text),
  };
}

/** In the order in which they were written. */
function textsOf(comments: readonly Comment[] = []): readonly string[] {
  return comments.toSorted((one, other) => one.at - other.at).map(({ text }) => text);
}

function spansOf({ tables }: RuleSet): ReadonlyMap<string, readonly Span[]> {
  const all = tables.flatMap(({ span, objects = [], sets, maps = [], chains }) => [
    span,
    ...[...objects, ...sets, ...maps].map((one) => one.span),
    ...chains.flatMap((chain) => [chain.span, ...chain.rules.map((rule) => rule.span)]),
  ]);
  const bySource = new Map<string, Span[]>();
  for (const span of all) if (span) addTo(bySource, span);
  return bySource;
}

function addTo(bySource: Map<string, Span[]>, span: Span): void {
  const known = bySource.get(span.source.name);
  if (known) known.push(span);
  else bySource.set(span.source.name, [span]);
}

/** By where they begin: of what was written for one place, the first takes all. */
function anchorsOf(spans: readonly Span[]): ReadonlyMap<number, Anchor> {
  return new Map(
    spans.map(({ start, end }) => [start, { kind: 'anchor', at: start, end, above: [], behind: [] }]),
  );
}

function walk(source: Source, marks: readonly (Mark | Anchor)[], head: Comment[]): void {
  const state: Walk = { source, last: [undefined], waiting: [], head };
  // A thing that begins with its block belongs to what is around the block.
  const order = marks.toSorted((one, other) => one.at - other.at || (one.kind === 'anchor' ? -1 : 1));
  for (const mark of order) step(state, mark);
  settle(state, 0);
}

function step(state: Walk, mark: Mark | Anchor): void {
  const { last } = state;
  if (mark.kind === 'comment') placeComment(state, mark);
  else if (mark.kind === 'open') last.push(undefined);
  else if (mark.kind === 'close') {
    settle(state, last.length - 1);
    if (last.length > 1) last.pop();
  } else {
    for (const { comment } of state.waiting.splice(0)) mark.above.push(comment);
    last[last.length - 1] = mark;
  }
}

/** A comment behind something on its line is about that; another one waits for what follows. */
function placeComment(state: Walk, comment: Comment): void {
  const { at } = comment;
  const { source, last } = state;
  const lineStart = source.text.lastIndexOf('\n', at - 1) + 1;
  const before = source.text.slice(lineStart, at);
  const same = last.at(-1);
  const around = last.findLast((one) => one !== undefined);
  if (/^[\s;]*$/.test(before)) wait(state, comment);
  else if (/^[\s};]*$/.test(before) && same) same.behind.push(comment);
  else if (around && (around !== same || around.end > lineStart)) around.above.push(comment);
  else wait(state, comment);
}

function wait({ waiting, last }: Walk, comment: Comment): void {
  waiting.push({ comment, depth: last.length - 1 });
}

/** Where a block ends, its comments that nothing followed go behind the last thing in it, or to what is around it. */
function settle({ waiting, last, head }: Walk, depth: number): void {
  const first = waiting.findIndex((one) => one.depth >= depth);
  if (first === -1) return;
  const around = last.findLast((anchor) => anchor !== undefined);
  const place = last[depth]?.behind ?? around?.above ?? head;
  for (const { comment } of waiting.splice(first)) place.push(comment);
}
