// The page that shows the grammar: the rules as chevrotain knows them in EBNF, and the tokens with their patterns.
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from 'chevrotain';
import { grammarRules } from './parser.ts';
import * as token from './tokens.ts';

/** What each rule of the grammar is, in the order of the page. */
const ruleNotes: Readonly<Record<string, string>> = {
  policy: 'A file: declarations in any order.',
  table: 'A table with an optional family; what is in it may be used before it is written.',
  raw: 'An object in the JSON of nft, kept word for word.',
  object: 'Something that rules refer to by name: a counter, a quota, a helper.',
  attribute: 'Something about the table itself.',
  chain: 'A chain; with a hook in its head it is a base chain.',
  chainHead: 'Where a base chain is hooked in, in the order of nft.',
  devices: 'What a chain at ingress or egress hangs on.',
  priority: 'A number, the name of a standard priority, or a name and an offset.',
  body: 'The rules of a chain, a block or a definition.',
  rule: 'One line of a chain.',
  terms:
    'The flat list of words, literals, marks and sets of a rule; the registry of matches gives it its meaning.',
  when: 'A condition for several rules; the last braces of the line are the block.',
  def: 'Rules with parameters.',
  parameter: 'The name of a parameter, and its type if it takes only values of that.',
  service: 'What packets are told by: protocols with ports or types, and other services.',
  zone: 'Where packets come from or go to.',
  zonePolicy: 'What may pass from some zones to others.',
  zoneNames: 'The zones of one side.',
  include: 'Other files, whose declarations stand here.',
  gateway: 'What a NAT gateway does, one thing a line.',
  set: 'A named set, with its type or its elements or both.',
  setType: 'The type of the elements, or of the parts of a concatenation.',
  map: 'A named map: the type of its keys, of what is found for them, and its pairs.',
  ipsetLine: 'A line for `ipset restore`, kept word for word.',
  dataType: 'The type of what a map finds: of values, `verdict`, or a kind of object.',
  contents: 'The elements alone, or a block of all properties.',
  properties: 'A line for each property of a set or map.',
  property: 'One of them: `timeout 1h`, `flags dynamic`, `elements = { … }`.',
  changes: '`dynamic` where rules add to it, `timeout` where time takes away.',
  let: 'A constant.',
  braces: 'The elements of a set or the pairs of a map.',
  element: 'An element of a set; with a `:`, a key and what it maps to.',
  elementTerms: 'The words, literals and marks of an element.',
  host: 'Facts about a host: its interfaces, addresses, routes, rules and sysctls; and rules that are its own.',
  link: 'What a cable or a switch connects: hosts, each with one of its interfaces.',
  test: 'A test with its title; `protect` where applying a policy must not break it.',
  assert: 'What holds for all packets, a line each.',
  statements: 'The lines of a host, a test or a block in one.',
  statement: 'One such line, with a block of further lines behind it.',
};

/** What each kind of token is. */
const tokenNotes: readonly (readonly [TokenType, string])[] = [
  [token.Word, 'A name or a keyword; no word is reserved.'],
  [token.Integer, 'A number, decimal or hexadecimal.'],
  [token.Ipv4, 'Dotted numbers; the checker says whether they are an address.'],
  [token.Ipv6, 'Groups with at least two colons; the checker says whether they are an address.'],
  [token.Mac, 'A hardware address.'],
  [token.Duration, 'A duration.'],
  [token.Text, 'A string on one line, in which `\\"` and `\\\\` are escapes.'],
  [token.SetReference, 'A named set.'],
  [token.Arrow, 'From a key to what is found for it, or from a sender to a receiver.'],
  [token.Operator, 'An operator.'],
  [token.Bracket, 'A bracket or a negation.'],
  [
    token.Newline,
    'The end of a line. It does not count behind an operator, a comma or a `\\`, and in parentheses.',
  ],
  [token.Comment, 'A comment.'],
];

/** What may stand at a place where the kind of token is left open. */
const categoryNotes: readonly (readonly [TokenType, string])[] = [
  [token.InLine, 'any token but braces and ends'],
  [token.InValue, 'the same without `=`'],
  [token.InElement, 'the same without `=`, `,` and `:`'],
  [token.End, 'Newline or `;`'],
  [token.Identifier, 'Word, or String for a name that is no word'],
  [token.ObjectKind, listOf(token.ObjectKind)],
  [token.Attribute, listOf(token.Attribute)],
];

/** The page as Markdown. */
export function grammarPage(): string {
  return [
    '<!-- Made by `npm run generate` from grammar/parser.ts and grammar/tokens.ts. -->',
    '# The grammar of a policy\n',
    'The grammar knows shapes, not the list of matches: a rule is a list of words, literals, marks and sets, and names get',
    'their meaning from the registry. `( )` groups, `|` separates alternatives, `?` is once or not at all, `*` any number of',
    'times, `+` at least once.\n',
    '## Rules\n',
    ...ruleTexts(),
    '## Places for several kinds of tokens\n',
    ...categoryNotes.map(([type, note]) => `- \`${type.name}\`: ${note}`),
    '\n## Tokens\n',
    ...tokenNotes.map(([type, note]) => `- \`${type.name}\` \`${patternOf(type)}\`: ${note}`),
    '',
  ].join('\n');
}

/** The tokens of a category. */
function listOf(category: TokenType): string {
  const types = token.allTokens.filter(({ CATEGORIES }) => CATEGORIES?.includes(category));
  return types.map(terminal).join(', ');
}

function ruleTexts(): readonly string[] {
  const rules = grammarRules();
  const silent = rules.find(({ name }) => !(name in ruleNotes));
  if (silent) throw new Error(`no sentence about the rule ${silent.name}`);
  return Object.entries(ruleNotes).map(([name, note]) => {
    const definition = rules.find((rule) => rule.name === name)?.definition ?? [];
    return `${note}\n\n\`\`\`ebnf\n${name} ::= ${sequence(definition)}\n\`\`\`\n`;
  });
}

function sequence(definition: readonly IProduction[]): string {
  return definition.map(production).join(' ');
}

function production(one: IProduction): string {
  if (one instanceof Terminal) return terminal(one.terminalType);
  if (one instanceof NonTerminal) return one.nonTerminalName;
  if (one instanceof Alternative) return sequence(one.definition);
  if (one instanceof Alternation) return `( ${one.definition.map(production).join(' | ')} )`;
  if (one instanceof Option) return `${group(one.definition)}?`;
  if (one instanceof Repetition) return `${group(one.definition)}*`;
  if (one instanceof RepetitionMandatoryWithSeparator) {
    const item = sequence(one.definition);
    return `${item} ( ${terminal(one.separator)} ${item} )*`;
  }
  if (one instanceof RepetitionWithSeparator) {
    const item = sequence(one.definition);
    return `( ${item} ( ${terminal(one.separator)} ${item} )* )?`;
  }
  if (one instanceof RepetitionMandatory) return `${group(one.definition)}+`;
  throw new Error('a kind of production that this grammar does not use');
}

/** Something to repeat, in parentheses unless it is one thing. */
function group(definition: readonly IProduction[]): string {
  const [only] = definition;
  const atomic = only instanceof Terminal || only instanceof NonTerminal || only instanceof Alternation;
  return definition.length === 1 && atomic ? sequence(definition) : `( ${sequence(definition)} )`;
}

/** A keyword or mark in quotes, anything else by its name. */
function terminal(type: TokenType): string {
  if (typeof type.PATTERN === 'string') return `'${type.PATTERN}'`;
  const mark = /^\\?([^A-Za-z[(\\])$/.exec(patternOf(type))?.[1];
  return mark === undefined ? type.name : `'${mark}'`;
}

function patternOf({ PATTERN }: TokenType): string {
  return PATTERN instanceof RegExp ? PATTERN.source : '';
}
