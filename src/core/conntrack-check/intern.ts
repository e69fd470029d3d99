// One object for each rule or policy that decides, so that it may be the key of a map.
import type { Deciding } from '../trace/step.ts';

/** Gives the object that stands for the place. */
export type Intern = (deciding: Deciding) => Deciding;

/** Remembers each place that it is asked about: as many as there are rules and policies. */
export function internDeciding(): Intern {
  const known = new Map<string, Deciding>();
  return (deciding) => {
    const key = placeKey(deciding);
    const found = known.get(key);
    if (!found) known.set(key, deciding);
    return found ?? deciding;
  };
}

function placeKey(deciding: Deciding): string {
  const { family, table, chain } = deciding;
  return `${family} ${table} ${chain} ${deciding.by === 'rule' ? deciding.index : 'policy'}`;
}
