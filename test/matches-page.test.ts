// What docs/matches.md shows of each match and statement is what comes out: its example is compiled as part of a policy,
// and each back end says what stands beside it, or refuses it with the reason that stands there.
import { expect, test } from 'vitest';
import { matchesPage } from '../docs/generate/matches-page.ts';
import { type BackEnd, compile } from '../src/core/compile.ts';
import type { Family } from '../src/core/ir/ruleset.ts';
import { loadPolicy } from '../src/core/load.ts';
import { type SpellingFixture, spellingFixtures } from './support/spelling-fixture.ts';

const page = matchesPage();
const fixtures = [...spellingFixtures('match'), ...spellingFixtures('statement')];

interface Example {
  readonly name: string;
  readonly dsl: string;
  /** By the first column. */
  readonly rows: ReadonlyMap<string, string>;
  readonly fixture: SpellingFixture;
}

const examples = page.split(/^### /m).flatMap((section): readonly Example[] => {
  const name = /^`([^`]+)`/.exec(section)?.[1] ?? '';
  const cells = [...section.matchAll(/^\| (\w+) \| (.*) \|$/gm)];
  const rows = new Map(cells.map(([, column = '', cell = '']) => [column, cell.replaceAll('\\|', '|')]));
  const dsl = spelled(rows.get('hookline') ?? '')[0];
  const fixture = fixtures.find((one) => one.name === name.replaceAll(' ', '-') && isExample(one, dsl));
  return dsl !== undefined && fixture ? [{ name, dsl, rows, fixture }] : [];
});

function isExample({ cases }: SpellingFixture, dsl: string | undefined): boolean {
  return cases[0]?.entries.some(({ name, text }) => name === 'dsl' && text === dsl) === true;
}

/** The texts of a cell; none where it gives a reason. */
function spelled(cell: string): readonly string[] {
  return [...cell.matchAll(/(`+)(.+?)\1(?=<br>|$)/g)].map(([, , text = '']) => text);
}

/** What a back end gives, or why not. Some is a rule for each IP version, or one below IP alone, in tables of its own. */
function said(example: Example, to: BackEnd): string {
  const { family } = example.fixture;
  const all = [family, ...(family === 'inet' ? (['ip', 'ip6', 'bridge', 'netdev'] as const) : [])].map(
    (one) => outcome(example, one, to),
  );
  const [first] = all;
  const found = first?.value === undefined && to === 'nft' ? all.slice(1) : all.slice(0, 1);
  const reasons = first?.diagnostics.map(({ message }) => message) ?? [];
  return [...found.map(({ value }) => value ?? ''), ...reasons].join('\n');
}

function outcome({ dsl, fixture }: Example, family: Family, to: BackEnd) {
  const { table, chain, sets, objects, isTcp } = fixture;
  const rule = `${isTcp ? 'meta l4proto tcp ' : ''}${dsl}`;
  const lines = [
    `table ${family} ${table} {`,
    ...sets,
    ...objects,
    'chain other { counter }',
    // The name of a built-in chain, which these families do not have.
    `chain ${family === 'bridge' || family === 'netdev' ? `"${chain}"` : chain} {`,
    rule,
    '}',
    '}',
  ];
  const { value, diagnostics } = loadPolicy({ name: 'example', text: `${lines.join('\n')}\n` }, 'hook');
  return value ? compile(value.ruleSet, to) : { value: undefined, diagnostics };
}

test('the page has every fixture', () => {
  expect(examples.map(({ name }) => name.replaceAll(' ', '-')).toSorted()).toEqual(
    fixtures.map(({ name }) => name).toSorted(),
  );
});

test.each(examples)('$name', (example) => {
  const { rows } = example;
  const found = (['iptables', 'ip6tables', 'nft'] as const).flatMap((to) => {
    const cell = rows.get(to) ?? rows.get('iptables') ?? '';
    if (!rows.has(to) && cell.startsWith('not possible: ')) return [];
    const given = said(example, to);
    const missing = cell.startsWith('not possible: ')
      ? [cell.slice('not possible: '.length)].filter((reason) => !given.includes(reason))
      : spelled(cell).filter((text) => !words(given).includes(words(text.replace(/^none of /, ''))));
    return missing.map((text) => `${to}: ${text} is not in\n${given}`);
  });
  expect(found).toEqual([]);
});

/** A protocol is said once in a rule, and each rule has meters of its own. */
function words(text: string): string {
  return text.replaceAll(/(?<!! )-p \S+ /g, '').replaceAll(/\bmeter \S+/g, 'meter');
}
