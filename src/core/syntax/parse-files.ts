// A policy with the files that it includes, each read once, as one tree: what a file holds stands where it is included.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Include } from '../text/include.ts';
import type { Source, Span } from '../text/source.ts';
import type { IncludeStatement, Item, PolicyFile } from './ast.ts';
import { type Parsed, parsePolicy } from './parse.ts';

/** Reads a policy and all that it includes. Without `include` no other files are read. */
export function parseFiles(source: Source, include: Include = noFiles): Parsed {
  const reading: Reading = { include, read: new Set(), diagnostics: [] };
  const file = readFile(source, [], reading);
  return { file, diagnostics: reading.diagnostics };
}

function noFiles(): ReturnType<Include> {
  return { problem: 'other files are not read here' };
}

interface Reading {
  readonly include: Include;
  /** Names of the files that are in the tree already. */
  readonly read: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** A file that includes another one, and where. */
interface Step {
  readonly name: string;
  readonly span: Span;
}

/** `path` is how the file was come to. */
function readFile(source: Source, path: readonly Step[], reading: Reading): PolicyFile {
  reading.read.add(source.name);
  const { file, diagnostics } = parsePolicy(source);
  reading.diagnostics.push(...diagnostics);
  const items = file.items.flatMap((item) =>
    item.kind === 'include' ? includedItems(item, source, path, reading) : [item],
  );
  return { ...file, items };
}

function includedItems(
  { path: { value }, span }: IncludeStatement,
  source: Source,
  path: readonly Step[],
  reading: Reading,
): readonly Item[] {
  const found = reading.include(value, source);
  if ('problem' in found) {
    reading.diagnostics.push(diagnostic('HK2066', found.problem, { span }));
    return [];
  }
  const here = [...path, { name: source.name, span }];
  return found.sources.flatMap((one) => {
    const cycle = here.findIndex(({ name }) => name === one.name);
    if (cycle !== -1) reading.diagnostics.push(cycleProblem(here.slice(cycle)));
    return reading.read.has(one.name) ? [] : readFile(one, here, reading).items;
  });
}

function cycleProblem(steps: readonly Step[]): Diagnostic {
  const [first, ...others] = steps;
  const names = [...steps.map(({ name }) => name), first?.name].join(' → ');
  return diagnostic('HK2067', `the files include each other: ${names}`, {
    span: first?.span,
    labels: others.map(({ span }) => ({ span, message: 'and this leads back' })),
  });
}
