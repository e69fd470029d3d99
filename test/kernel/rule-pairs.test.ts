// What stands in a rule beside another part: nft takes each rule of two cases of fixtures that it is given, as text and as
// JSON, where it takes each case alone. HOOKLINE_RUNS sets how many are drawn.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { type DrawnChain, drawnPairs, loadChain } from '../arbitrary/fixture-rules.ts';
import { describeKernel } from './support/require.ts';
import { runAlone } from './support/saved.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 60);

/** Prints the number of each text that nft refuses. */
const script = (flags: string): string => `
  number=0
  while IFS= read -r line; do
    printf '%b' "$line" | nft ${flags} -f /dev/stdin 2>/dev/null || echo $number
    nft flush ruleset
    number=$((number + 1))
  done < "$TEXTS"`;

/** Those of some texts that nft refuses, in a namespace of their own. */
function refused(texts: readonly string[], flags: string): ReadonlySet<string> {
  const lines = texts.map((text) => text.replaceAll('\\', '\\\\\\\\').replaceAll('\n', '\\n'));
  const numbers = runAlone(script(flags), { TEXTS: `${lines.join('\n')}\n` });
  return new Set(
    numbers
      .split('\n')
      .slice(0, -1)
      .map((number) => texts[Number(number)] ?? ''),
  );
}

describeKernel('two parts in a rule', ['nft', 'unshare'], () => {
  test.each([
    ['inet', 'nft', ''],
    ['ip', 'nft-json', '-j'],
    ['bridge', 'nft', ''],
  ] as const)('of %s are taken as %s', (family, to, flags) => {
    const compiled = (drawn: DrawnChain): string => {
      const ruleSet = loadChain(drawn);
      return (ruleSet && compile(ruleSet, to).value) ?? '';
    };
    const drawn = fc.sample(drawnPairs(family), { numRuns });
    const all = drawn.map((pair) => pair.map(compiled)).filter(([both]) => both !== '');
    expect(all.length).toBeGreaterThan(numRuns / 10);
    const bad = refused([...new Set(all.flat())], flags);
    const wrong = all.filter(([both = '', ...alone]) => bad.has(both) && !alone.some((one) => bad.has(one)));
    expect(wrong.map(([both]) => both)).toEqual([]);
  });
});
