// Reading what the kernel answered, from fixtures/conntrack.
import { readFileSync } from 'node:fs';

/** The lines of a fixture without comments and empty ones. */
export function fixtureLines(name: string): readonly string[] {
  const text = readFileSync(new URL(`../../../../fixtures/conntrack/${name}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
