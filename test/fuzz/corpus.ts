// What inputs are made from: every policy and dump of the examples and fixtures, and the words and lines in them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agnosticKeys } from '../../src/core/check/agnostic.ts';
import type { PolicyKind } from '../../src/core/load.ts';
import { matchNames } from '../../src/core/match/registry.ts';
import { statementNames } from '../../src/core/statement/registry.ts';
import { spellingFixtures } from '../support/spelling-fixture.ts';

/** Texts of one kind, and what may be put into one. */
export interface Corpus {
  readonly kind: PolicyKind;
  readonly texts: readonly string[];
  readonly lines: readonly string[];
  readonly words: readonly string[];
}

const root = join(import.meta.dirname, '../..');

/** What each kind is read from, with the entries of the spelling fixtures that are lines of it. */
const sources: readonly (readonly [PolicyKind, readonly string[], string])[] = [
  ['hook', ['examples/**/*.hook', 'fixtures/**/*.hook'], 'dsl'],
  ['iptables-save', ['fixtures/**/*.save'], 'iptables-save'],
  ['ip6tables-save', ['fixtures/**/*.save', 'fixtures/**/*.save6'], 'iptables-save'],
  ['ipset-save', ['fixtures/error/ipset.save', 'fixtures/save/*.save'], 'ipset'],
  ['nft', ['fixtures/**/*.nft'], 'nft'],
  ['nft-json', ['fixtures/**/*.json'], 'nft-json'],
];

const entries = (['match', 'statement'] as const)
  .flatMap(spellingFixtures)
  .flatMap(({ cases }) => cases.flatMap((one) => one.entries));
const keys = [...matchNames, ...statementNames, ...agnosticKeys.keys()];
const odd =
  '0 -1 1 65535 65536 4294967295 4294967296 18446744073709551616 0x 0xffffffff 1e9 0.0.0.0/0 10.0.0.0/33 ::/0 ::/129 :: ' +
  '10.0.0.9-10.0.0.1 1-0 "" "*" "a\\"b" @x @"" { } {} ( ) , ; : = != & | / ! . .. - -> + \\ # default any self all none';

/** What the expected part of a fixture begins with. */
const marker = /^(?:# )?---- /m;

function corpusOf([kind, patterns, entry]: (typeof sources)[number]): Corpus {
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();
  const texts = [
    ...new Set(paths.map((path) => readFileSync(join(root, path), 'utf8').split(marker)[0] ?? '')),
  ];
  const lines = entries.filter(({ name }) => name.startsWith(entry)).map(({ text }) => text);
  const words = [...texts, ...lines].flatMap((text) => text.match(/"[^"\n]*"|[^\s{}(),;"]+/g) ?? []);
  return {
    kind,
    texts,
    lines: [...new Set(lines)],
    words: [...new Set([...keys, ...odd.split(' '), ...words])],
  };
}

const corpora = sources.map(corpusOf);

/** Policies, and the four formats that are imported. */
export const [policies, ...dumps] = corpora;
