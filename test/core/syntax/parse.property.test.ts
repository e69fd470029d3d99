// What must hold whatever the text is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderDiagnostics } from '../../../src/core/diagnostic/render.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import { brokenPolicyText, policyText, wordSoup } from '../../arbitrary/policy-text.ts';
import { childrenOf } from '../../support/tree.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), wordSoup, brokenPolicyText);

test('any text is read without an exception, and every problem can be shown', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { diagnostics } = parsePolicy({ name: 'any.hook', text });
      const shown = renderDiagnostics(diagnostics, { color: false });
      expect(shown).not.toMatch(/(?!\n)\p{Cc}|undefined|NaN|-->.*<--/u);
      for (const { span } of diagnostics) {
        expect(span?.start).toBeLessThanOrEqual(span?.end ?? -1);
        expect(span?.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a policy without a mistake has no diagnostics, however it is laid out', () => {
  fc.assert(
    fc.property(policyText, (text) => {
      expect(parsePolicy({ name: 'right.hook', text }).diagnostics).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('every span of the tree lies within the one around it', () => {
  fc.assert(
    fc.property(fc.oneof(policyText, anyText), (text) => {
      checkSpans(parsePolicy({ name: 'any.hook', text }).file, 0, text.length);
    }),
    { numRuns: 500 },
  );
});

function checkSpans(node: object, start: number, end: number): void {
  const own = spanIn(node) ?? { start, end };
  expect(own.start).toBeGreaterThanOrEqual(start);
  expect(own.end).toBeLessThanOrEqual(end);
  expect(own.start).toBeLessThanOrEqual(own.end);
  for (const [key, child] of childrenOf(node)) {
    if (key !== 'span' && child instanceof Object) checkSpans(child, own.start, own.end);
  }
}

function spanIn(node: object): { start: number; end: number } | undefined {
  const span = 'span' in node ? node.span : undefined;
  if (!(span instanceof Object && 'start' in span && 'end' in span)) return undefined;
  return { start: Number(span.start), end: Number(span.end) };
}
