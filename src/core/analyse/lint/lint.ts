// Lint: everything that the findings of the registry have to say of a rule set, less what nobody wants to hear.
import type { Diagnostic, Severity } from '../../diagnostic/diagnostic.ts';
import { locationOf, type Span } from '../../text/source.ts';
import type { Finding, LintSubject } from './define.ts';
import { findings } from './registry.ts';
import { isSilenced } from './silenced.ts';

/** Which findings are wanted; codes and names mean the same. */
export interface LintChoice {
  /** All if absent. */
  readonly only?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** The least severe that is wanted: a warning if absent. Findings that are named are wanted in any case. */
  readonly severity?: Severity | undefined;
  /** What was said already of the same text. */
  readonly said?: readonly Diagnostic[] | undefined;
}

/** What is found, in the order of the registry. */
export function lint(subject: LintSubject, choice: LintChoice = {}): readonly Diagnostic[] {
  return findings
    .filter((finding) => isChosen(finding, choice))
    .flatMap((finding) => [...finding.find(subject)].filter((one) => !isSaid(one, finding, choice)))
    .filter((one) => isSevere(one, choice) && !isSilenced(one));
}

function isChosen(finding: Finding, { only, ignore = [] }: LintChoice): boolean {
  return (only === undefined || names(only, finding)) && !names(ignore, finding);
}

function names(words: readonly string[], { code, name }: Finding): boolean {
  return words.some((word) => word.toUpperCase() === code || word === name);
}

function isSaid({ span }: Diagnostic, { saidAs }: Finding, { said = [] }: LintChoice): boolean {
  return (
    span !== undefined && said.some((one) => one.code === saidAs && one.span && onOneLine(one.span, span))
  );
}

function onOneLine(one: Span, other: Span): boolean {
  return one.source === other.source && locationOf(one).line === locationOf(other).line;
}

const ranks: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

function isSevere({ severity }: Diagnostic, { only, severity: least }: LintChoice): boolean {
  return ranks[severity] >= ranks[least ?? (only === undefined ? 'warning' : 'note')];
}
