// Brings rules of a chain together that may become one, without changing what any packet meets: a rule moves up to the
// first one of its kind if it may pass all rules between.
import { createOrder, type Ends, endsOf, type Order } from './order.ts';
import { isPlain, type PlainRule, type SeenRule } from './seen.ts';

/** Rules at one place of a chain, to become one; most are alone. */
export interface Place {
  readonly rules: readonly SeenRule[];
}

/** Which rules may become one. */
export interface Kind {
  /** Those with a key in common, the key that is worth most first; none if it can't be put together with any. */
  readonly keysOf: (rule: PlainRule) => readonly string[];
  /** Whether another one may be added to some. */
  readonly fits: (rules: readonly PlainRule[], other: PlainRule) => boolean;
}

interface OpenPlace extends Place {
  readonly rules: PlainRule[];
  /** What its rules have in common, once they are several. */
  key?: string;
}

/** The stretch of rules since the last one that does more than give a verdict. */
interface Stretch {
  readonly order: Order;
  /** The last place of each key. */
  readonly byKey: Map<string, { readonly place: OpenPlace; readonly at: number }>;
}

/** All rules, the places in their order. `ends`: those of the whole chain. */
export function gather(rules: readonly SeenRule[], kind: Kind, ends: Ends): readonly Place[] {
  const places: Place[] = [];
  let own: PlainRule[] = [];
  for (const seen of rules) {
    if (isPlain(seen)) own.push(seen);
    else {
      addStretch(own, places, kind, own.length * fewStretches > rules.length ? ends : endsOf(own));
      places.push({ rules: [seen] });
      own = [];
    }
  }
  addStretch(own, places, kind, own.length * fewStretches > rules.length ? ends : endsOf(own));
  return places;
}

/** In a chain of more of them each has ends of its own. */
const fewStretches = 8;

function addStretch(rules: readonly PlainRule[], places: Place[], kind: Kind, ends: Ends): void {
  if (rules.length === 0) return;
  const stretch: Stretch = { order: createOrder(ends), byKey: new Map() };
  for (const rule of rules) addRule(rule, places, stretch, kind);
}

function addRule(rule: PlainRule, places: Place[], { order, byKey }: Stretch, kind: Kind): void {
  const keys = kind.keysOf(rule);
  const last = keys.some((key) => byKey.has(key)) ? order.lastBefore(rule) : places.length;
  for (const key of keys) {
    const found = byKey.get(key);
    if (!found || found.at <= last || !isOpen(found.place, key) || !kind.fits(found.place.rules, rule))
      continue;
    found.place.rules.push(rule);
    found.place.key = key;
    order.place(rule, found.at);
    return;
  }
  const at = places.length;
  const place: OpenPlace = { rules: [rule] };
  places.push(place);
  order.place(rule, at);
  for (const key of keys) {
    const found = byKey.get(key);
    // One that has begun keeps its key, while others may still come to it.
    if (!found || !isOpen(found.place, key) || found.at <= last) byKey.set(key, { place, at });
  }
}

function isOpen(place: OpenPlace, key: string): boolean {
  return place.key === undefined || place.key === key;
}
