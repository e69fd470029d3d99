// The part of the grammar below statements: values, the braces of sets, and the definitions that only name a value.
import { type IToken, type ParserMethod, tokenMatcher } from 'chevrotain';
import type * as Ast from '../src/core/syntax/ast.ts';
import type { Braces, Element, Name, Term, Text } from '../src/core/syntax/term.ts';
import type { Source } from '../src/core/text/source.ts';
import { type PackedTokens, packTokens } from './packed.ts';
import { RecoveringParser } from './recovery.ts';
import { nameOf, spanOf, termOf, textOf } from './term.ts';
import * as token from './tokens.ts';

/** The items, or undefined where one of them could not be read; that one is reported by whoever could not. */
function allOf<T>(terms: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = terms.filter((term) => term !== undefined);
  return known.length === terms.length ? known : undefined;
}

/** What a set or map holds, with its other properties or without. */
interface Contents {
  readonly values?: Braces;
  readonly block?: readonly Ast.Statement[];
}

/** Reads values; the rules for statements are added by who extends it. */
export abstract class ValueParser extends RecoveringParser {
  protected source: Source = { name: '', text: '' };
  protected packed: PackedTokens = packTokens(this.source, []);

  protected readonly setDeclaration = this.RULE('set', (): Ast.SetDeclaration => {
    const start = this.CONSUME(token.SetKeyword);
    const name = this.name(this.CONSUME(token.Identifier, { ERR_MSG: 'a set name' }));
    const typed = this.OPTION1(() => {
      this.CONSUME(token.Colon);
      const type = this.SUBRULE(this.setType);
      return { type, changes: this.SUBRULE(this.changes) };
    });
    const { block, values: elements } = this.SUBRULE(this.contents, { ARGS: [typed !== undefined] });
    const ended = block !== undefined || elements !== undefined;
    this.expectEnd(ended ? 'the end of the line' : typed ? '`=` or `{`' : '`:` and a type, or `=`');
    const span = spanOf(this.source, start, this.LA(0));
    const { type, changes } = typed ?? {};
    return {
      kind: 'set',
      name,
      ...(type && { type }),
      ...(changes && { changes }),
      ...(block && { block }),
      ...(elements && { elements }),
      span,
    };
  });

  protected readonly mapDeclaration = this.RULE('map', (): Ast.MapDeclaration => {
    const start = this.CONSUME(token.MapKeyword);
    const name = this.name(this.CONSUME(token.Identifier, { ERR_MSG: 'a map name' }));
    this.CONSUME(token.Colon, { ERR_MSG: '`:` and two types: `port -> verdict`' });
    const type = this.SUBRULE1(this.setType);
    this.CONSUME(token.Arrow, { ERR_MSG: '`->` and the type of what is found' });
    const data = this.SUBRULE(this.dataType);
    const changes = this.SUBRULE(this.changes);
    const { block, values: entries } = this.SUBRULE(this.contents, { ARGS: [true] });
    this.expectEnd(block || entries ? 'the end of the line' : '`=` or `{`');
    const span = spanOf(this.source, start, this.LA(0));
    const given = { ...(changes && { changes }), ...(block && { block }), ...(entries && { entries }) };
    return { kind: 'map', name, type, data, ...given, span };
  });

  private readonly contents = this.RULE('contents', (typed: boolean): Contents => {
    let contents: Contents = {};
    this.OPTION({
      GATE: () => typed || !this.at(token.LeftBrace),
      DEF: () =>
        this.OR([
          {
            ALT: () => {
              this.CONSUME(token.Equals);
              const values = this.SUBRULE(this.braces);
              contents = values ? { values } : {};
            },
          },
          {
            ALT: () => {
              contents = { block: this.SUBRULE(this.properties) };
            },
          },
        ]),
    });
    return contents;
  });

  private readonly properties = this.RULE('properties', (): readonly Ast.Statement[] => {
    const lines: Ast.Statement[] = [];
    this.CONSUME(token.LeftBrace);
    this.lines('a property', () =>
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.End) },
          {
            ALT: () => {
              const line = this.SUBRULE(this.property);
              if (line) lines.push(line);
            },
          },
        ]),
      ),
    );
    this.CONSUME(token.RightBrace);
    return lines;
  });

  private readonly property = this.RULE('property', (): Ast.Statement | undefined => {
    const start = this.LA(1);
    const read: (Term | undefined)[] = [this.term(this.CONSUME1(token.InLine))];
    this.MANY(() =>
      this.OR([
        { ALT: () => read.push(this.term(this.CONSUME2(token.InLine))) },
        { ALT: () => read.push(this.SUBRULE(this.braces)) },
      ]),
    );
    const terms = this.complete(read);
    return terms && { terms, span: spanOf(this.source, start, this.LA(0)) };
  });

  /** The type of what a map finds; the kinds of objects that belong to connections are two words. */
  private readonly dataType = this.RULE('dataType', (): Name => {
    const start = this.LA(1);
    const type = this.SUBRULE(this.setType);
    const second = this.OPTION({ GATE: () => type.text === 'ct', DEF: () => this.CONSUME(token.Word) });
    return second
      ? { text: `${type.text} ${second.image}`, span: spanOf(this.source, start, this.LA(0)) }
      : type;
  });

  private readonly changes = this.RULE('changes', (): Name | undefined =>
    this.OPTION(() => this.name(this.CONSUME(token.Word))),
  );

  private readonly setType = this.RULE('setType', (): Name => {
    const words: IToken[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: token.Dot,
      DEF: () => words.push(this.CONSUME(token.Word, { ERR_MSG: 'the type of the elements' })),
      ERR_MSG: 'the type of the elements',
    });
    const text = words.map(({ image }) => image).join(' . ');
    return { text, span: spanOf(this.source, words[0] ?? this.LA(0), this.LA(0)) };
  });

  protected readonly ipsetLine = this.RULE('ipsetLine', (): Ast.IpsetLine => {
    const start = this.CONSUME(token.Ipset);
    const text = this.text(this.CONSUME(token.Text, { ERR_MSG: 'a line for ipset in double quotes' }));
    this.expectEnd('the end of the line');
    return { kind: 'ipset', text, span: spanOf(this.source, start, this.LA(0)) };
  });

  protected readonly letDeclaration = this.RULE('let', (): Ast.Let | undefined => {
    const start = this.CONSUME(token.Let);
    const name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'a name' }));
    this.CONSUME(token.Equals, { ERR_MSG: '`=`' });
    const value: (Term | undefined)[] = [];
    this.AT_LEAST_ONE({
      DEF: () =>
        this.OR([
          { ALT: () => value.push(this.term(this.CONSUME(token.InValue))) },
          { ALT: () => value.push(this.SUBRULE(this.braces)) },
        ]),
      ERR_MSG: 'a value',
    });
    this.expectEnd('the end of the line');
    const terms = this.complete(value);
    return terms && { kind: 'let', name, value: terms, span: spanOf(this.source, start, this.LA(0)) };
  });

  protected readonly braces: ParserMethod<[], Braces | undefined> = this.RULE('braces', () => {
    const start = this.CONSUME(token.LeftBrace, { ERR_MSG: '`{` and the elements' });
    return this.enclosed((): Braces | undefined => {
      const elements: (Element | undefined)[] = [];
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Comma) },
          { ALT: () => this.CONSUME(token.Newline) },
          { ALT: () => elements.push(this.SUBRULE(this.element)) },
        ]),
      );
      const close = this.CONSUME(token.RightBrace, { ERR_MSG: '`,` or `}`' });
      const span = spanOf(this.source, start, close);
      const all = close.image === '' ? undefined : allOf(elements);
      return all && { kind: 'braces', elements: all, span };
    });
  });

  private readonly element = this.RULE('element', (): Element | undefined => {
    const start = this.LA(1);
    const terms = this.SUBRULE1(this.elementTerms);
    const mapped = this.OPTION(() => {
      this.CONSUME(token.Colon);
      return { terms: this.SUBRULE2(this.elementTerms) };
    });
    const span = spanOf(this.source, start, this.LA(0));
    if (!mapped) return terms && { terms, span };
    return terms && mapped.terms && { terms, mapped: mapped.terms, span };
  });

  private readonly elementTerms = this.RULE('elementTerms', (): readonly Term[] | undefined => {
    const terms: (Term | undefined)[] = [];
    this.AT_LEAST_ONE({
      DEF: () =>
        this.OR([
          { ALT: () => terms.push(this.term(this.CONSUME(token.InElement))) },
          { ALT: () => terms.push(this.SUBRULE(this.braces)) },
        ]),
      ERR_MSG: 'a value',
    });
    return this.complete(terms);
  });

  /** The terms of a finished statement or value; undefined where one of them is no part of the language. */
  protected complete(terms: readonly (Term | undefined)[]): readonly Term[] | undefined {
    this.expectOperand();
    return allOf(terms);
  }

  /** The terms of a header; undefined where one of them is no part of the language. */
  protected known(terms: readonly (Term | undefined)[]): readonly Term[] | undefined {
    return allOf(terms);
  }

  /** Refuses an end behind something that wants a value on its right. */
  protected expectOperand(): void {
    this.ACTION(() => {
      const last = this.LA(0);
      if (tokenMatcher(last, token.Infix)) this.stop(`a value behind \`${last.image}\``);
    });
  }

  /** A word or a string as a name. */
  protected name(one: IToken): Name {
    return nameOf(this.source, one);
  }

  /** A string as a term. */
  protected text(string: IToken): Text {
    return textOf(this.source, string);
  }

  /** Any token of a line as a term; undefined if it is none. */
  protected term(one: IToken): Term | undefined {
    return this.ACTION(() => termOf(this.source, one));
  }
}
