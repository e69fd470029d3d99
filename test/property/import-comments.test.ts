// Every comment of a dump stands once in the policy that an import writes from it, wherever it stood, and changes nothing.
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../src/core/load.ts';
import { placeRemarks } from '../../src/core/policy-text/place-remarks.ts';
import type { CommentSyntax } from '../../src/core/policy-text/source-comments.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';
import { bare } from '../support/bare.ts';
import { nftScripts, withIncludes } from '../support/nft-text-fixture.ts';

function load(text: string, kind: CommentSyntax | 'hook', name: string) {
  const { value, diagnostics } = loadPolicy({ name, text }, kind, { nft: withIncludes });
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

function written(text: string, syntax: CommentSyntax, name: string): string {
  const ruleSet = load(text, syntax, name);
  const [source = { name, text }] = ruleSet.tables.flatMap(({ span }) => span?.source ?? []);
  const remarks = placeRemarks(ruleSet, [source], syntax);
  const fold = syntax === 'iptables-save';
  const { value = '' } = writePolicy(ruleSet, { origin: 'a dump', fold, remarks });
  expect(formatPolicy({ name: 'written', text: value }).value).toBe(value);
  if (!fold) expect(bare(load(value, 'hook', 'written'))).toEqual(bare(load(text, syntax, name)));
  return value;
}

/** A comment of its own or behind each line that is chosen; no line that goes on takes one behind it. */
function withComments(text: string, places: readonly number[]): string {
  const lines = text.split('\n');
  const own = new Set(places.filter((place) => place % 2 === 0).map((place) => (place / 2) % lines.length));
  const behind = new Set(
    places.filter((place) => place % 2 === 1).map((place) => ((place - 1) / 2) % lines.length),
  );
  return lines
    .map((line, at) => {
      const above = own.has(at) && !lines[at - 1]?.endsWith('\\') ? `# own ${at} #\n` : '';
      return `${above}${line}${behind.has(at) && !line.endsWith('\\') ? ` # behind ${at} #` : ''}`;
    })
    .join('\n');
}

function expectEachOnce(source: string, policy: string): void {
  for (const [comment] of source.matchAll(/# (?:own|behind) \d+ #/g))
    expect(policy.split(comment).length - 1, `${comment} of\n${source}\nin\n${policy}`).toBe(1);
}

const places = fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 12 });

describe('scripts of nft', () => {
  // Comments in files that are included have their place there.
  const scripts = nftScripts.filter(({ text }) => !text.includes('include ') && !/"[^"\n]*\n/.test(text));
  test.each(scripts.map(({ name, text }) => [basename(name), name, text.replace(/^#!.*/, '')] as const))(
    '%s',
    (_, name, text) => {
      fc.assert(
        fc.property(places, (at) => {
          const source = withComments(text, at);
          expectEachOnce(source, written(source, 'nft', name));
        }),
        { numRuns: 20 },
      );
    },
  );
});

test('dumps of iptables', () => {
  const rules = ['1', '2', '3', '4', '5', '6', '7', '8'].map(
    (last) => `-A INPUT -s 192.0.2.${last}/32 -j DROP`,
  );
  const filter = ['*filter', ':INPUT ACCEPT [0:0]', ':mine - [0:0]', ...rules, '-A mine -j ACCEPT', 'COMMIT'];
  const dump = [
    ...filter,
    '*nat',
    ':POSTROUTING ACCEPT [0:0]',
    '-A POSTROUTING -j MASQUERADE',
    'COMMIT',
    '',
  ].join('\n');
  fc.assert(
    fc.property(places, (at) => {
      const source = withComments(
        dump,
        at.map((place) => place * 2),
      );
      expectEachOnce(source, written(source, 'iptables-save', 'dump'));
    }),
  );
});
