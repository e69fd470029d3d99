// Fixtures of configuration files: each file stands behind a line `--- file NAME`, what they make behind a marker.
import type { Source } from '../../src/core/text/source.ts';

/** Before what is expected of the files. */
export const expectedMarker = '# ---- expected ----\n';

/** The files of a fixture. */
export function splitFiles(fixture: string): readonly Source[] {
  const [given = ''] = fixture.split(expectedMarker);
  const parts = given.split(/^--- file (.+)\n/m).slice(1);
  return parts.flatMap((name, at) => (at % 2 === 0 ? [{ name, text: parts[at + 1] ?? '' }] : []));
}
