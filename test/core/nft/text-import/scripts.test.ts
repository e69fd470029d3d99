// Scripts of nft as people write them: read whole, changed at random, and short texts that are right or wrong.
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importNftText } from '../../../../src/core/nft/text-import/import.ts';
import { tokenize } from '../../../../src/core/nft/text-import/tokens.ts';
import { nftScripts, shortTexts, withIncludes } from '../../../support/nft-text-fixture.ts';

function errorsIn(text: string, name = 'text') {
  const { value, diagnostics } = importNftText({ name, text }, withIncludes);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(value === undefined).toBe(errors.length > 0);
  return errors;
}

test.each(nftScripts.map(({ name, text }) => [basename(name), name, text] as const))(
  '%s is taken',
  (_, name, text) => expect(errorsIn(text, name)).toEqual([]),
);

test.each(shortTexts('taken'))('%j is taken', (text) => expect(errorsIn(text)).toEqual([]));

test.each(shortTexts('refused'))('%j is refused, with its place', (text) => {
  const errors = errorsIn(text);
  expect(errors).not.toEqual([]);
  for (const { span } of errors) expect(span).toBeDefined();
});

describe('a script with tokens taken out, doubled or exchanged', () => {
  const pieces = nftScripts.map(({ text }) => {
    const starts = tokenize(text).map(({ startOffset }) => startOffset);
    return starts.map((start, index) => text.slice(start, starts[index + 1]));
  });
  const anyChange = fc.constantFrom(...pieces).chain((script) => {
    const place = fc.nat({ max: Math.max(0, script.length - 1) });
    return fc
      .array(fc.tuple(fc.constantFrom('take out', 'double', 'exchange'), place, place), {
        minLength: 1,
        maxLength: 4,
      })
      .map((changes) => changed(script, changes));
  });

  test('is read to its end, and each problem has its place', () => {
    fc.assert(
      fc.property(anyChange, (text) => {
        for (const { span } of errorsIn(text)) {
          expect(span).toBeDefined();
          if (span) expect(span.start).toBeLessThanOrEqual(span.source.text.length);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function changed(script: readonly string[], changes: readonly (readonly [string, number, number])[]): string {
  const tokens = [...script];
  for (const [kind, first, second] of changes) {
    const token = tokens[first] ?? '';
    if (kind === 'take out') tokens.splice(first, 1);
    else if (kind === 'double') tokens.splice(first, 0, token);
    else tokens.splice(first, 1, tokens[second] ?? '');
  }
  return tokens.join('');
}
