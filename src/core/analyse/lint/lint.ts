// Lint: everything that the findings of the registry have to say of a rule set, less what nobody wants to hear.
import { type Diagnostic, diagnostic, type Severity } from '../../diagnostic/diagnostic.ts';
import { locationOf, type Span } from '../../text/source.ts';
import { TimeOver } from './budget.ts';
import type { Finding, LintSubject } from './define.ts';
import { knownFacts } from './exact/facts.ts';
import { nameOfChain, nameOfLine, writtenChains } from './place.ts';
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
  const found: Diagnostic[] = [];
  const chosen = findings.filter((one) => isChosen(one, choice));
  const open = chosen.filter((finding) => !take(finding, subject, choice, found));
  return [
    ...found.filter((one) => isSevere(one, choice) && !isSilenced(one)),
    ...chosen.flatMap((one) => longChains(one, subject)),
    ...missedRules(subject, open),
  ];
}

/** False where the time was over before the end; what was found until then holds. */
function take(finding: Finding, subject: LintSubject, choice: LintChoice, found: Diagnostic[]): boolean {
  try {
    for (const one of finding.find(subject, leastOf(choice)))
      if (!isSaid(one, finding, choice)) found.push(one);
    return true;
  } catch (problem) {
    if (problem instanceof TimeOver) return false;
    throw problem;
  }
}

/** Where a finding is not looked for, and nobody has asked for that. */
function longChains({ name, longest }: Finding, { ruleSet }: LintSubject): readonly Diagnostic[] {
  if (longest === undefined) return [];
  const long = writtenChains(ruleSet.tables).filter(({ chain }) => chain.rules.length > longest);
  return long.map((placed) =>
    diagnostic('HK7100', `\`${name}\` was not looked for in ${nameOfChain(placed)}`, {
      span: placed.chain.span,
      severity: 'note',
      help: `it is in chains of up to ${longest.toLocaleString('en')} rules; \`--ignore ${name}\` says that this is known`,
    }),
  );
}

/** Which rules and findings there was no time for. */
function missedRules(subject: LintSubject, open: readonly Finding[]): readonly Diagnostic[] {
  const missed = knownFacts(subject)?.missed ?? [];
  const [first] = missed;
  if (!first && open.length === 0) return [];
  const more = missed.length > 1 ? ` and ${missed.length - 1} more` : '';
  const rules = first
    ? [`what reaches ${nameOfLine(first.line, first.placed)}${more} was not looked at`]
    : [];
  const skipped = open.map(({ name }) => `\`${name}\``);
  const kinds =
    skipped.length > 0
      ? [`${skipped.join(', ')} ${skipped.length > 1 ? 'were' : 'was'} not looked for everywhere`]
      : [];
  const which = [...rules, ...kinds].join('; ');
  return [diagnostic('HK7100', `the time limit was reached: ${which}`, { span: first?.line.span })];
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

function isSevere({ severity }: Diagnostic, choice: LintChoice): boolean {
  return ranks[severity] >= ranks[leastOf(choice)];
}

function leastOf({ only, severity }: LintChoice): Severity {
  return severity ?? (only === undefined ? 'warning' : 'note');
}
