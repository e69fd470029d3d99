// The shortest list of edits of a rule set after which a packet fares the other way. Each list is applied in memory and
// the packet traced again: what is found flips the answer. Of lists of one length the narrowest comes first.
import { formatRoute } from '../topology/tables.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { StackReason, Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { applyEdit, type Edit, type Setup } from './edit.ts';
import { editsAtDecision, editsOnTheWay, type Wanted } from './options.ts';
import { sideOfTrace } from './side.ts';

/** An edit with what it is applied to: the rule set after the edits before it in its list. */
export interface PlannedEdit {
  readonly edit: Edit;
  readonly before: Setup;
  /** How the packet fared before it. */
  readonly way: Way;
}

/** Edits that flip the answer together, in the order in which they are made. */
export interface RuleFlip {
  readonly edits: readonly PlannedEdit[];
  readonly way: Way;
}

/** What was found. */
export interface RuleAnswer {
  readonly flips: readonly RuleFlip[];
  /** No shorter list of such edits does. */
  readonly shortest: boolean;
  /** Why the stack drops the packet once no rule does any more, where no list was found for that. */
  readonly obstacle?: StackReason;
}

/** So many base chains may stop a packet one after the other. */
const mostPlaces = 6;

/** How much else an edit changes, from little to much. */
const width: Readonly<Record<Edit['kind'], number>> = {
  insert: 0,
  route: 0,
  sysctl: 0,
  element: 1,
  replace: 2,
  remove: 3,
  policy: 4,
};

/** Looks for edits that flip a definite answer; at most so many steps are taken, and so many lists given. */
export function ruleChanges(
  request: TraceRequest,
  traced: Trace,
  { steps, answers }: { readonly steps: number; readonly answers: number },
): RuleAnswer {
  const search: Search = {
    request,
    wanted: sideOfTrace(traced) === 'passes' ? 'drop' : 'accept',
    left: steps,
    obstacle: undefined,
  };
  const start = { setup: { ruleSet: request.ruleSet, host: request.host }, way: traced.ways[0] };
  const first = editsAtDecision(start.setup, start.way, search.wanted, request.injection.iif);
  const singles = unique([...first, ...editsOnTheWay(start.setup, start.way)]);
  const found = withoutWider(singles.flatMap((edit) => tryAll(search, start, [edit]) ?? []));
  const flips = found.length > 0 ? found : inSteps(search, start);
  const shortest = flips.every(({ edits }) => edits.length === 1 || (edits.length === 2 && search.left > 0));
  return {
    flips: narrowestFirst(flips).slice(0, answers),
    shortest,
    ...(flips.length === 0 && search.obstacle && { obstacle: search.obstacle }),
  };
}

interface Search {
  readonly request: TraceRequest;
  readonly wanted: Wanted;
  left: number;
  obstacle: StackReason | undefined;
}

/** A rule set and how the packet fares in it. */
interface State {
  readonly setup: Setup;
  readonly way: Way;
}

function unique(edits: readonly Edit[]): readonly Edit[] {
  return [...new Map(edits.map((edit) => [keyOf(edit), edit])).values()];
}

/** Of settings that do the mildest is enough. */
function withoutWider(flips: readonly RuleFlip[]): readonly RuleFlip[] {
  const mildest = flips.find(isSetting);
  return flips.filter((flip) => flip === mildest || !isSetting(flip));
}

function isSetting({ edits }: RuleFlip): boolean {
  return edits.every(({ edit }) => edit.kind === 'sysctl');
}

function keyOf(edit: Edit): string {
  if (edit.kind === 'element') return `${edit.place.family} ${edit.place.table} ${edit.set.name}`;
  if (edit.kind === 'sysctl') return `${edit.name} ${edit.value}`;
  if (edit.kind === 'route') return formatRoute(edit.route);
  const { family, table, chain } = edit.place;
  return [edit.kind, family, table, chain, 'index' in edit.place ? edit.place.index : ''].join(' ');
}

/** The list if the packet fares the other way after it; each edit is tried on what those before it lead to. */
function tryAll(search: Search, start: State, edits: readonly Edit[]): RuleFlip | undefined {
  let state = start;
  const planned: PlannedEdit[] = [];
  for (const edit of edits) {
    const after = tryOne(search, state, edit);
    if (!after) return undefined;
    planned.push({ edit, before: state.setup, way: state.way });
    state = after.state;
    if (after.flips) return { edits: planned, way: state.way };
  }
  return undefined;
}

/** How the packet fares after an edit; undefined where that is not known, or nothing is left to try it with. */
function tryOne(
  search: Search,
  { setup }: State,
  edit: Edit,
): { readonly state: State; readonly flips: boolean } | undefined {
  if (search.left <= 0) return undefined;
  const after = applyEdit(setup, edit);
  const again = trace({ ...search.request, ruleSet: after.ruleSet, host: after.host });
  search.left -= again.ways.reduce((sum, way) => sum + way.steps.length, 0);
  const [way] = again.ways;
  const side = sideOfTrace(again);
  if (side === undefined) return undefined;
  const found = side === 'passes' ? 'accept' : 'drop';
  return { state: { setup: after, way }, flips: found === search.wanted };
}

/** One list for each kind of edit that is preferred: at every place that stops the packet, one after the other. */
function inSteps(search: Search, start: State): readonly RuleFlip[] {
  const kinds = ['insert', 'replace', 'remove', 'policy'] as const;
  const found = kinds.flatMap((kind) => oneByOne(search, start, kind) ?? []);
  const keysOf = ({ edits }: RuleFlip) => edits.map(({ edit }) => keyOf(edit)).join('; ');
  return [...new Map(found.map((flip) => [keysOf(flip), flip])).values()];
}

function oneByOne(search: Search, start: State, preferred: Edit['kind']): RuleFlip | undefined {
  const planned: PlannedEdit[] = [];
  let state = start;
  for (let place = 0; place < mostPlaces; place++) {
    const options = editsAtDecision(state.setup, state.way, search.wanted, search.request.injection.iif);
    const ordered = options.toSorted((a, b) => Number(b.kind === preferred) - Number(a.kind === preferred));
    const moved = firstThatMoves(search, state, ordered);
    if (!moved) {
      search.obstacle ??= state.way.reason;
      return undefined;
    }
    planned.push({ edit: moved.edit, before: state.setup, way: state.way });
    state = moved.state;
    if (moved.flips) {
      const isPreferred =
        planned.every(({ edit }) => isOfHost(edit)) || planned.some(({ edit }) => edit.kind === preferred);
      return isPreferred ? { edits: planned, way: state.way } : undefined;
    }
  }
  return undefined;
}

function isOfHost({ kind }: Edit): boolean {
  return kind === 'sysctl' || kind === 'route';
}

/** The first edit after which something else decides. */
function firstThatMoves(search: Search, state: State, options: readonly Edit[]) {
  for (const edit of options) {
    const after = tryOne(search, state, edit);
    if (after && (after.flips || isElsewhere(state.way, after.state.way))) return { ...after, edit };
  }
  return undefined;
}

function isElsewhere(before: Way, after: Way): boolean {
  if (before.reason !== after.reason) return true;
  const [one, other] = [before.deciding, after.deciding];
  if (!one || !other) return one !== other;
  return one.family !== other.family || one.table !== other.table || hookIndex(before) !== hookIndex(after);
}

/** How many base chains the packet came to. */
function hookIndex({ steps }: Way): number {
  return steps.filter(({ kind }) => kind === 'chain').length;
}

/** Fewer edits first, then those that change less else. */
function narrowestFirst(flips: readonly RuleFlip[]): readonly RuleFlip[] {
  const widthOf = ({ edits }: RuleFlip): number => edits.reduce((sum, { edit }) => sum + width[edit.kind], 0);
  return flips.toSorted((a, b) => a.edits.length - b.edits.length || widthOf(a) - widthOf(b));
}
