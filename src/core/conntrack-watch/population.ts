// The connections that are shown, counted: each is put in when it comes, held against the policy when there is time,
// and taken out again as it was put in.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { CheckedConnection } from '../conntrack-check/check.ts';
import type { DumpChecker } from '../conntrack-check/quick.ts';
import { formatAddress } from '../datatype/address.ts';
import { ruleNames } from './rule-name.ts';
import { type Group, type Groups, newGroups, type RowOrder } from './tally.ts';
import type { StaleConnection, WatchView } from './view.ts';

/** Where a connection is counted. Who holds it gives it back, unchanged. */
export interface Member {
  /** It began while somebody watched. */
  readonly isNew: boolean;
  host?: Group | undefined;
  found?: Found | undefined;
}

/** What the policy says of a member. */
interface Found extends Pick<CheckedConnection, 'admission' | 'survival'> {
  readonly isDrift: boolean;
  readonly rule: Group;
}

/** Members and what they add up to. */
export interface Population {
  enter(member: Member, entry: DumpedEntry): void;
  leave(member: Member): void;
  /** Holds a member against the policy, as its entry is now. */
  check(member: Member, entry: DumpedEntry): void;
  /** Begins the next interval. */
  turn(): void;
  view(order: RowOrder, seconds: number): Shown;
}

type Shown = Pick<WatchView, 'rules' | 'talkers' | 'stale'> & {
  readonly totals: Omit<WatchView['totals'], 'pending'>;
};

/** So many rows and stale connections are enough for any screen. */
const mostRows = 100;
const mostStale = 200;

/** What is counted. */
interface Books {
  readonly totals: { -readonly [Key in keyof Shown['totals']]: number };
  readonly rules: Groups;
  readonly hosts: Groups;
  /** Those that were found last are at the end. */
  readonly stale: Map<Member, StaleConnection>;
}

/** Nobody yet. `now` is a clock of milliseconds. */
export function newPopulation(checker: DumpChecker, now: () => number): Population {
  const books: Books = {
    totals: { connections: 0, stale: 0, surviving: 0, depends: 0, drift: 0 },
    rules: newGroups(),
    hosts: newGroups(),
    stale: new Map(),
  };
  const nameOf = ruleNames();
  return {
    enter(member, { original: { family, source: value } }) {
      member.host = books.hosts.enter(formatAddress({ family, value }), member.isNew);
      books.totals.connections++;
    },
    leave(member) {
      forget(books, member);
      if (!member.host) return;
      books.hosts.leave(member.host);
      member.host = undefined;
      books.totals.connections--;
    },
    check(member, entry) {
      const since = books.stale.get(member)?.since ?? now();
      const isFirst = member.found === undefined;
      forget(books, member);
      const checked = checker(entry);
      const name = nameOf(checked);
      note(books, member, checked, books.rules.enter(name, member.isNew && isFirst));
      if (checked.admission === 'stale') keep(books.stale, member, { checked, rule: name, since });
    },
    turn() {
      books.rules.turn();
      books.hosts.turn();
    },
    view: (order, seconds) => ({
      totals: { ...books.totals },
      rules: books.rules.rows(mostRows, order, seconds),
      talkers: books.hosts.rows(mostRows, order, seconds),
      stale: [...books.stale.values()].toReversed().toSorted((one, other) => other.since - one.since),
    }),
  };
}

function note(books: Books, member: Member, checked: CheckedConnection, rule: Group): void {
  const { admission, survival, translation } = checked;
  member.found = { admission, survival, isDrift: translation.verdict === 'drift', rule };
  add(books, member, member.found, 1);
}

function forget(books: Books, member: Member): void {
  const { found } = member;
  if (!found) return;
  add(books, member, found, -1);
  books.rules.leave(found.rule);
  books.stale.delete(member);
  member.found = undefined;
}

function add({ totals }: Books, { host }: Member, found: Found, by: 1 | -1): void {
  const { admission, survival, isDrift, rule } = found;
  if (isDrift) totals.drift += by;
  if (admission === 'depends') totals.depends += by;
  if (admission !== 'stale') return;
  totals.stale += by;
  if (survival === 'passes') totals.surviving += by;
  rule.stale += by;
  if (host) host.stale += by;
}

function keep(stale: Books['stale'], member: Member, found: StaleConnection): void {
  stale.set(member, found);
  const [oldest] = stale.size > mostStale ? stale.keys() : [];
  if (oldest) stale.delete(oldest);
}
