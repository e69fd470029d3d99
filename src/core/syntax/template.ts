// Pieces of a policy that nobody wrote: read from text of our own, and placed where somebody asked for them.
import type { Span } from '../text/source.ts';
import type { Rule } from './ast.ts';
import { parsePolicy } from './parse.ts';
import type { Element, Term } from './term.ts';

/** What stands in a template under a name, with its own place in the text. */
export type Given = Readonly<Record<string, readonly Term[]>>;

/**
 * The rule that a line says, all of it standing at `span`; a word that `given` has stands for other terms. Throws if the
 * line is none: it is our own.
 */
export function ruleFrom(line: string, span: Span, given: Given = {}): Rule {
  const text = `table t { chain c {\n${line}\n} }`;
  const { file, diagnostics } = parsePolicy({ name: 'template', text });
  const [table] = file.items;
  const [chain] = table?.kind === 'table' ? table.items : [];
  const [rule] = chain?.kind === 'chain' ? chain.rules : [];
  if (rule?.kind !== 'rule' || diagnostics.length > 0) throw new Error(`not a rule: ${line}`);
  const terms = rule.terms.flatMap((term) => wordIn(term, given) ?? [moved(term, span)]);
  return { kind: 'rule', terms, span };
}

function wordIn(term: Term, given: Given): readonly Term[] | undefined {
  const terms = term.kind === 'word' && Object.hasOwn(given, term.text) ? given[term.text] : undefined;
  return terms?.flatMap(withoutBraces);
}

/** A set of one element is that element. */
function withoutBraces(term: Term): readonly Term[] {
  const [only, ...others] = term.kind === 'braces' ? term.elements : [];
  return only && others.length === 0 && !only.mapped ? only.terms : [term];
}

function moved(term: Term, span: Span): Term {
  if (term.kind === 'braces')
    return { ...term, elements: term.elements.map((element) => movedElement(element, span)), span };
  if (term.kind === 'set-reference') return { ...term, name: { ...term.name, span }, span };
  return { ...term, span };
}

function movedElement({ terms, mapped }: Element, span: Span): Element {
  const at = (list: readonly Term[]): readonly Term[] => list.map((term) => moved(term, span));
  return { terms: at(terms), ...(mapped && { mapped: at(mapped) }), span };
}
