// A command line of `conntrack` as a command, or what is wrong with it.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Source, Span } from '../text/source.ts';
import { splitWords, type Word } from '../text/words.ts';
import type { Action, ConntrackCommand, Selection, TableName } from './command.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { type Given, type GivenAction, type GivenOption, type GivenOther, givenIn } from './given.ts';
import { legalForProtocol, legalOptions, problemOf } from './legal.ts';
import { generalOptions, type OptionName, optionsOf } from './options.ts';
import { readers } from './readers.ts';
import { nameBegunBy } from './values.ts';

/**
 * One command line, with or without the word `conntrack` before it. What is wrong is HK7005; what conntrack passes over
 * without a word is HK7006, a warning.
 */
export function parseCommand(source: Source): Outcome<ConntrackCommand> {
  const words = splitWords(source.text, 0, source.text.length).words;
  return parseWords(source, words[0]?.text === 'conntrack' ? words.slice(1) : words, undefined);
}

/**
 * A line that `conntrack -o save` printed. It may be one that conntrack itself refuses: connections of DCCP have no state,
 * and changes name their zone.
 */
export function parseSaved(source: Source): Outcome<ConntrackCommand> {
  const words = splitWords(source.text, 0, source.text.length).words;
  return parseWords(source, words[0]?.text === 'conntrack' ? words.slice(1) : words, undefined, 'any');
}

/** The options of a filter, as `conntrack -L` has them: `-p tcp --dport 443 -s 10.0.0.0/8`. Nothing is passed over. */
export function parseFilter(source: Source): Outcome<Selection> {
  const words = splitWords(source.text, 0, source.text.length).words;
  const { value, diagnostics } = parseWords(source, words, 'list');
  const problems = diagnostics.map((one) => ({ ...one, severity: 'error' as const }));
  return { value: problems.length > 0 ? undefined : value?.selection, diagnostics: problems };
}

/** A line that is being read. */
interface Reading {
  readonly source: Source;
  readonly draft: Draft;
  readonly given: Set<OptionName>;
  readonly diagnostics: Diagnostic[];
  action?: Pick<ConntrackCommand, 'action' | 'table' | 'file'>;
}

function parseWords(
  source: Source,
  words: readonly Word[],
  implied: Action | undefined,
  together: 'legal' | 'any' = 'legal',
): Outcome<ConntrackCommand> {
  const reading: Reading = { source, draft: emptyDraft(), given: new Set(), diagnostics: [] };
  if (implied) reading.action = { action: implied, table: 'conntrack' };
  for (const one of givenIn(words)) {
    const wrong = readGiven(reading, one, implied);
    if (wrong) return { value: undefined, diagnostics: [...reading.diagnostics, wrong] };
  }
  return finished(reading, together);
}

function readGiven(reading: Reading, given: Given, implied: Action | undefined): Diagnostic | undefined {
  switch (given.kind) {
    case 'problem':
      return otherProblem(reading, given);
    case 'stray':
      reading.diagnostics.push(passedOver(given.problem, spanOf(reading, given.word)));
      return undefined;
    case 'option':
      return readOption(reading, given);
    case 'action':
      return implied
        ? problem(`\`${given.word.text}\` is an action, and only a filter belongs here`, reading, given.word)
        : readAction(reading, given);
  }
}

function readOption(reading: Reading, { name, value, word }: GivenOption): Diagnostic | undefined {
  const { draft, given } = reading;
  given.add(name);
  const wrong = readers[name](draft, value?.text ?? '');
  if (wrong !== undefined) return problem(wrong, reading, value?.word ?? word);
  for (const rest of draft.ignored.splice(0))
    reading.diagnostics.push(
      passedOver(`\`${rest}\` says nothing to \`--${name}\``, spanOf(reading, value?.word ?? word)),
    );
  return undefined;
}

const tables: readonly TableName[] = ['expect', 'conntrack', 'dying', 'unconfirmed'];

function readAction(reading: Reading, { action, value, word }: GivenAction): Diagnostic | undefined {
  if (reading.action) return problem(`\`${word.text}\` is a second action`, reading, word);
  if (action === 'restore') {
    reading.action = { action, table: 'conntrack', ...(value && { file: value.text }) };
    return value ? undefined : problem(`\`${word.text}\` has no file`, reading, word);
  }
  const table = value ? nameBegunBy(value.text, tables) : 'conntrack';
  if (table === undefined)
    return problem(`\`${value?.text}\` is no table`, reading, value ?? word, [...tables]);
  reading.action = { action, table };
  return legalOptions(reading.action)
    ? undefined
    : problem(`\`${word.text}\` can't be done to the table ${table}`, reading, value ?? word);
}

/** What the options are together. */
function finished(reading: Reading, together: 'legal' | 'any'): Outcome<ConntrackCommand> {
  const { draft, diagnostics, action } = reading;
  const { selection, output, events, zero } = draft;
  const wrong = action
    ? together === 'legal' && togetherProblem(reading, action)
    : 'it has no action such as `-L`';
  if (wrong) return { value: undefined, diagnostics: [...diagnostics, problem(wrong, reading)] };
  if (!action) return { value: undefined, diagnostics };
  return { value: { ...action, selection, output, events, zero }, diagnostics };
}

const general: ReadonlySet<OptionName> = new Set(generalOptions.map(({ name }) => name));

function togetherProblem(
  { draft: { selection, zero }, given }: Reading,
  action: Pick<ConntrackCommand, 'action' | 'table'>,
): string | undefined {
  const { protocol, nat, masks, original, expected } = selection;
  const own = new Set(optionsOf(protocol).flatMap(({ name }) => (general.has(name) ? [] : name)));
  const legal = legalOptions(action);
  if (nat.any && (nat.source || nat.destination))
    return '`--any-nat` goes with neither `--src-nat` nor `--dst-nat`';
  const wrong =
    (legal && problemOf(given, legal, general)) ?? problemOf(given, legalForProtocol(action, protocol), own);
  if (wrong !== undefined) return wrong;
  if (masks.source !== undefined && (original.source ?? expected.source) === undefined)
    return '`--mask-src` goes with `--src` only';
  if (masks.destination !== undefined && (original.destination ?? expected.destination) === undefined)
    return '`--mask-dst` goes with `--dst` only';
  return zero && isComparison(given) ? '`-z` goes with no filter' : undefined;
}

/** conntrack.c: CT_COMPARISON. */
function isComparison(given: ReadonlySet<OptionName>): boolean {
  const compared: readonly OptionName[] = [
    'src',
    'dst',
    'reply-src',
    'reply-dst',
    'protonum',
    'mark',
    'secmark',
  ];
  const more: readonly OptionName[] = ['status', 'id', 'zone', 'label', 'orig-zone', 'reply-zone'];
  return [...compared, ...more].some((one) => given.has(one));
}

function otherProblem(reading: Reading, { problem: text, word, known }: GivenOther): Diagnostic {
  return problem(text, reading, word, known);
}

function problem(
  message: string,
  reading: Pick<Reading, 'source'>,
  word?: Word,
  known: readonly string[] = [],
): Diagnostic {
  const help = word && nearestName(word.text, known);
  return diagnostic('HK7005', message, { span: spanOf(reading, word), ...(help && { help }) });
}

function passedOver(message: string, span: Span): Diagnostic {
  return diagnostic('HK7006', message, { span });
}

function spanOf({ source }: Pick<Reading, 'source'>, word?: Word): Span {
  return { source, start: word?.start ?? 0, end: word?.end ?? source.text.length };
}
