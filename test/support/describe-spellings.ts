// The tests that a case of a match and one of a statement share: each spelling becomes each other.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Match, Statement } from '../../src/core/ir/ruleset.ts';
import { selectors } from '../../src/core/match/registry.ts';
import {
  definitionOf,
  iptablesOf,
  languageOf,
  nftOf,
  partOf,
  readIptables,
  readNft,
  tableOf,
} from './spelling.ts';
import { isReason, type SpellingCase, type SpellingFixture, textsOf } from './spelling-fixture.ts';

const families = ['ip', 'ip6'] as const;

/** What the fixture of a part is called: a match with parameters is one of its family's. */
function nameOf(part: Match | Statement): string {
  const { key } = definitionOf(part);
  const family = part.kind === 'match' ? selectors.familyOf(key) : undefined;
  return (family?.key ?? key).replaceAll(' ', '-');
}

/** Declares the tests of one case. */
export function describeSpellings(fixture: SpellingFixture, one: SpellingCase): void {
  const [dsl = '', ...others] = textsOf(one, 'dsl');
  if (process.env['UPDATE_FIXTURES'] === '1') update(fixture, one, dsl);

  test(`${one.title}: in the language`, () => {
    expect(languageOf(partOf(fixture, dsl))).toBe(dsl);
    expect(nameOf(partOf(fixture, dsl))).toBe(fixture.name);
    for (const other of others) expect(languageOf(partOf(fixture, other))).toBe(dsl);
  });

  test(`${one.title}: in nft JSON`, () => {
    const [json = ''] = textsOf(one, 'nft-json');
    expect(nftOf(partOf(fixture, dsl), fixture, caseName(one))).toBe(json);
    const readable = isReason(json) || json.startsWith('any of ') ? [] : [json];
    const [expected = dsl] = textsOf(one, 'nft-reads');
    for (const other of [...readable, ...textsOf(one, 'nft-also')])
      expect(readNft(partOf(fixture, dsl), other)).toBe(expected);
  });

  for (const family of families)
    test(`${one.title}: in iptables for ${family}`, () => {
      const lines = textsOf(one, 'iptables-save', family);
      expect(iptablesOf(partOf(fixture, dsl), family, tableOf(fixture, dsl))).toEqual(lines);
      const [line = '', ...more] = lines;
      const readable = isReason(line) || more.length > 0 || line === '' ? [] : [line];
      const [expected = dsl] = textsOf(one, 'iptables-reads', family);
      for (const other of [...readable, ...textsOf(one, 'iptables-also', family)])
        expect(readIptables(fixture, other, family)).toBe(expected);
    });
}

/** A name that is a case's own. */
function caseName({ title }: SpellingCase): string {
  return title.replaceAll(/\W/g, '_');
}

/** Writes the spellings into the file, in the place of those that are there. */
function update(fixture: SpellingFixture, one: SpellingCase, dsl: string): void {
  const part = partOf(fixture, dsl);
  const [v4, v6] = families.map((family) => iptablesOf(part, family, tableOf(fixture, dsl)));
  const same = JSON.stringify(v4) === JSON.stringify(v6);
  const lines = same
    ? (v4 ?? []).map((line) => `iptables-save: ${line}`)
    : [
        ...(v4 ?? []).map((line) => `iptables-save -4: ${line}`),
        ...(v6 ?? []).map((line) => `iptables-save -6: ${line}`),
      ];
  const text = readFileSync(fixture.path, 'utf8');
  const start = text.indexOf(`== ${one.title}\n`);
  const next = text.indexOf('\n== ', start);
  const body = text.slice(start, next === -1 ? undefined : next);
  const kept = body.split('\n').filter((line) => !/^(?:iptables-save|nft-json)\b/.test(line));
  const place = kept.findLastIndex((line) => line.startsWith('dsl:')) + 1;
  kept.splice(place, 0, ...lines, `nft-json: ${nftOf(part, fixture, caseName(one))}`);
  writeFileSync(fixture.path, text.slice(0, start) + kept.join('\n') + (next === -1 ? '' : text.slice(next)));
}
