// Which rules of two rule sets are the same at the same place, so that only packets that meet one of the others may fare
// differently: chains are laid side by side, with all that their rules refer to.
import { type Hook, ipHooks } from '../../hook/hook.ts';
import type { Chain, RuleSet, Table } from '../../ir/ruleset.ts';
import { wordsOf as wordsOfAny } from '../../source-map/meaning.ts';
import { type HookFunction, hookFunctions, type Layer } from '../../trace/order.ts';
import type { RulePlace } from '../../trace/step.ts';
import { gapsBetween } from '../proof/align.ts';
import { wordsOf } from '../proof/rule-words.ts';
import { changedNames, mentionsAny } from './references.ts';

/** What one of two rule sets has that the other has not. */
export interface Own {
  /** The rules, by their chain and from 0 on. */
  readonly rules: ReadonlyMap<Chain, ReadonlySet<number>>;
  /** Base chains at whose end packets may fare otherwise. */
  readonly ends: ReadonlySet<Chain>;
}

/** Two rule sets side by side. */
export interface Pairing {
  readonly before: Own;
  readonly after: Own;
  /** What a rule of `after` is called where nobody can tell what it does: as the same rule of `before`. */
  readonly nameAfter: (place: RulePlace) => string;
}

interface Growing {
  readonly rules: Map<Chain, Set<number>>;
  readonly ends: Set<Chain>;
}

interface State {
  readonly before: Growing;
  readonly after: Growing;
  /** Places in `before` of rules of `after` that stand elsewhere there, and 0 of new ones. */
  readonly moved: Map<string, number>;
}

/** Undefined where so much is different that packets may fare otherwise without meeting any rule. */
export function pairingOf(before: RuleSet, after: RuleSet): Pairing | undefined {
  const [one, other]: [Growing, Growing] = [
    { rules: new Map(), ends: new Set() },
    { rules: new Map(), ends: new Set() },
  ];
  const state: State = { before: one, after: other, moved: new Map() };
  if (!pairHooks(state, before, after)) return undefined;
  for (const table of before.tables) {
    const twin = after.tables.find(({ family, name }) => family === table.family && name === table.name);
    if (!twin) continue;
    if (wordsOfAny(table.opaque) !== wordsOfAny(twin.opaque)) return undefined;
    pairTables(state, table, twin);
  }
  return { before: one, after: other, nameAfter: (place) => nameAfter(state, place) };
}

function nameAfter({ moved }: State, { family, table, chain, index }: RulePlace): string {
  const at = moved.get(keyOf({ family, name: table }, chain, index)) ?? index;
  return at === 0 ? `new rule ${index} of \`${chain}\`` : `rule ${at} of \`${chain}\``;
}

function keyOf({ family, name }: Pick<Table, 'family' | 'name'>, chain: string, index: number): string {
  return `${family} ${name} ${chain} ${index}`;
}

/** Base chains that hang at the same place among the others; false if anything else at a hook differs. */
function pairHooks(state: State, before: RuleSet, after: RuleSet): boolean {
  return hookPlaces([before, after]).every(([hook, family, device]) => {
    const [old, now] = [before, after].map((one) =>
      hookFunctions(one, hook, family, device).flatMap(partsOfFunction),
    );
    if (!old || !now) return false;
    const gaps = gapsBetween(old.map(nameOfPart), now.map(nameOfPart));
    const rest = gaps.flatMap((gap) => [
      ...old.slice(...gap.one).map((part) => ownChain(state.before, part)),
      ...now.slice(...gap.other).map((part) => ownChain(state.after, part)),
    ]);
    return rest.every(Boolean);
  });
}

/** Bridges have hooks of their own. */
const layers: readonly Layer[] = [4, 6, 'bridge'];

function hookPlaces(ruleSets: readonly RuleSet[]): readonly (readonly [Hook, Layer, string | undefined])[] {
  const tables = ruleSets.flatMap((one) => one.tables);
  const devices = tables.flatMap(({ chains }) => chains.flatMap(({ base }) => base?.devices ?? []));
  const places: (readonly [Hook, string | undefined])[] = [
    ...ipHooks.map((hook) => [hook, undefined] as const),
    ...(['ingress', 'egress'] as const).flatMap((hook) =>
      [undefined, ...new Set(devices)].map((device) => [hook, device] as const),
    ),
  ];
  return places.flatMap(([hook, device]) => layers.map((layer) => [hook, layer, device] as const));
}

/** A chain, or the name of something else that runs. */
type HookPart = string | { readonly chain: Chain; readonly name: string };

function partsOfFunction(one: HookFunction): readonly HookPart[] {
  switch (one.kind) {
    case 'chain':
      return [partOfChain(one.hooked)];
    case 'nat':
      return [`nat ${one.manip} ${one.priority}`, ...one.chains.map(partOfChain)];
    case 'defrag':
    case 'conntrack':
    case 'confirm':
      return [`${one.kind} ${one.priority}`];
  }
}

function partOfChain({
  table,
  chain,
  base,
}: Extract<HookFunction, { readonly kind: 'chain' }>['hooked']): HookPart {
  return { chain, name: `${table.family} ${table.name} ${chain.name} ${base.type} ${base.priority}` };
}

function nameOfPart(part: HookPart): string {
  return typeof part === 'string' ? part : `chain ${part.name}`;
}

function ownChain(own: Growing, part: HookPart): boolean {
  if (typeof part === 'string') return false;
  own.rules.set(part.chain, new Set(part.chain.rules.keys()));
  own.ends.add(part.chain);
  return true;
}

function pairTables(state: State, table: Table, twin: Table): void {
  const changed = changedNames(table, twin);
  const twins = new Map(twin.chains.map((chain) => [chain.name, chain]));
  for (const chain of table.chains) {
    const other = twins.get(chain.name);
    if (other) pairChains(state, twin, [chain, other], changed);
  }
}

function pairChains(
  state: State,
  table: Table,
  [chain, twin]: readonly [Chain, Chain],
  changed: ReadonlySet<string>,
): void {
  const { before, after, moved } = state;
  const [old, now] = [chain, twin].map(({ rules }) => rules.map((rule) => wordsOf(rule, (name) => name)));
  if (!old || !now) return;
  if (chain.base?.policy !== twin.base?.policy) {
    before.ends.add(chain);
    after.ends.add(twin);
  }
  let [at, there] = [0, 0];
  const end = { one: [old.length, old.length], other: [now.length, now.length] } as const;
  for (const gap of [...gapsBetween(old, now), end]) {
    for (; at < gap.one[0]; at++, there++) {
      if (at !== there) moved.set(keyOf(table, twin.name, there + 1), at + 1);
      if (!mentionsAny(old[at] ?? '', changed)) continue;
      addRule(before, chain, at);
      addRule(after, twin, there);
    }
    for (; at < gap.one[1]; at++) addRule(before, chain, at);
    for (; there < gap.other[1]; there++) {
      addRule(after, twin, there);
      moved.set(keyOf(table, twin.name, there + 1), 0);
    }
  }
}

function addRule({ rules }: Growing, chain: Chain, at: number): void {
  const known = rules.get(chain) ?? new Set();
  rules.set(chain, known.add(at));
}
