// Units of systemd-networkd: .netdev files make devices, .network files configure them, .link files name cards.
import type { Source } from '../../text/source.ts';
import type { HostDraft } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { readIni, type Section } from '../ini.ts';
import { readNamingLink } from './link.ts';
import { readNetDev } from './netdev.ts';
import { readNetworks } from './network.ts';

/** A unit with its drop-ins, in the order of the names of files. */
export interface Unit {
  readonly name: string;
  readonly sections: readonly Section[];
}

/** systemd.network(5), systemd.netdev(5), systemd.link(5). */
export const networkd: HostFormat = {
  name: 'networkd',
  recognises: ({ name }) => unitName(name) !== undefined,
  read: (sources, draft) => {
    const units = unitsOf(sources, draft);
    const ending = (end: string): readonly Unit[] => units.filter(({ name }) => name.endsWith(end));
    for (const unit of ending('.link')) readNamingLink(unit, draft);
    for (const unit of ending('.netdev')) readNetDev(unit, draft);
    readNetworks(ending('.network'), draft);
  },
};

/** The unit that a file is, or that it is a drop-in of: `a.network.d/b.conf` is of `a.network`. */
function unitName(path: string): string | undefined {
  const [, dropIn] = /([^/]+\.(?:network|netdev|link))\.d\/[^/]+\.conf$/.exec(path) ?? [];
  const [, whole] = /([^/]+\.(?:network|netdev|link))$/.exec(path) ?? [];
  return dropIn ?? whole;
}

function unitsOf(sources: readonly Source[], draft: HostDraft): readonly Unit[] {
  const units = new Map<string, Section[]>();
  // Drop-ins come after the file that they add to.
  const inOrder = sources.toSorted(
    (a, b) => Number(a.name.endsWith('.conf')) - Number(b.name.endsWith('.conf')),
  );
  for (const source of inOrder) {
    const name = unitName(source.name) ?? source.name;
    const before = units.get(name) ?? [];
    units.set(name, [...before, ...readIni(source, draft)]);
  }
  const sorted = [...units].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, sections]) => ({ name, sections }));
}
