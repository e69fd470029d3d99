// Sections of a unit by their names.
import { complain, type HostDraft } from '../draft.ts';
import type { Entry, Section } from '../ini.ts';
import type { Unit } from './format.ts';

/** All sections of a name. */
export function sectionsOf({ sections }: Unit, name: string): readonly Section[] {
  return sections.filter((section) => section.name.text === name);
}

/** The entries of all sections of a name, as if they were one. An empty value forgets the ones of its key before it. */
export function entriesOf(unit: Unit, name: string): readonly Entry[] {
  const all = sectionsOf(unit, name).flatMap(({ entries }) => entries);
  return all.filter(
    ({ key, value }, at) =>
      value.text !== '' &&
      !all.slice(at).some((later) => later.key.text === key.text && later.value.text === ''),
  );
}

/** Warns of sections that are not among those known; of the ones in `left` that they are left out. */
export function checkSections(
  { sections }: Unit,
  known: readonly string[],
  left: readonly string[],
  draft: HostDraft,
): void {
  for (const { name } of sections) {
    const text = `\`[${name.text}]\``;
    if (left.includes(name.text))
      complain(draft, 'HK8004', `${text} is left out: a host can't say it`, name.span);
    else if (!known.includes(name.text) && !name.text.startsWith('X-'))
      complain(draft, 'HK8003', `the section ${text} is not known`, name.span);
  }
}
