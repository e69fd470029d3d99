// Reading what the kernel answered, from fixtures/conntrack.
import { readFileSync } from 'node:fs';

/** The lines of a fixture without comments and empty ones. */
export function fixtureLines(name: string): readonly string[] {
  const text = readFileSync(new URL(`../../../../fixtures/conntrack/${name}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The histories of a file in fixtures/conntrack: each a name and the lines behind its line `case NAME`. */
export function fixtureCases(name: string): readonly (readonly [string, readonly string[]])[] {
  const histories = fixtureLines(name)
    .join('\n')
    .split(/^case /m)
    .slice(1);
  return histories.map((text) => {
    const [title = '', ...lines] = text.split('\n');
    return [title, lines.filter((line) => line !== '')] as const;
  });
}
