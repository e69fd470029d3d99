// The part of the grammar between values and tables: rules and what holds rules, and blocks of lines.
import { EOF, type IToken, type ParserMethod, tokenMatcher } from 'chevrotain';
import type * as Ast from '../src/core/syntax/ast.ts';
import type { Name, Term, Text } from '../src/core/syntax/term.ts';
import type { Span } from '../src/core/text/source.ts';
import { PackedRule } from './packed.ts';
import { isTerm, spanOf } from './term.ts';
import * as token from './tokens.ts';
import { ValueParser } from './values.ts';

/** Keeps what could be read. */
export function keep<T>(list: T[], read: T | undefined): void {
  if (read !== undefined) list.push(read);
}

/** Reads rules and blocks of lines; tables and the top level are added by who extends it. */
export abstract class BlockParser extends ValueParser {
  /** The rules up to the `}` of a chain or block. */
  protected readonly body: ParserMethod<[], Ast.BodyItem[]> = this.RULE('body', () => {
    const rules: Ast.BodyItem[] = [];
    this.lines('a rule', () =>
      this.MANY(() =>
        this.OR({
          DEF: [
            { ALT: () => this.CONSUME(token.End) },
            { GATE: () => !this.atCall(), ALT: () => keep(rules, this.SUBRULE(this.whenBlock)) },
            { ALT: () => keep(rules, this.SUBRULE(this.rule)) },
          ],
          IGNORE_AMBIGUITIES: true,
        }),
      ),
    );
    return rules;
  });

  private readonly rule = this.RULE('rule', (): Ast.Rule | undefined => {
    this.ACTION(() => this.refuseClauses());
    const terms = this.SUBRULE(this.terms);
    return terms && new PackedRule(this.packed, terms);
  });

  /** The place of terms that are all part of the language; what they are is read when somebody asks. */
  protected readonly terms = this.RULE('terms', (): Span | undefined => {
    const start = this.LA(1);
    let good = isTerm(this.CONSUME1(token.InLine));
    this.MANY(() =>
      this.OR([
        { ALT: () => (good = isTerm(this.CONSUME2(token.InLine)) && good) },
        { ALT: () => (good = this.SUBRULE(this.braces) !== undefined && good) },
      ]),
    );
    this.expectOperand();
    return good ? spanOf(this.source, start, this.LA(0)) : undefined;
  });

  /** The last braces of the line are the block; those before it are sets of the condition. */
  private readonly whenBlock = this.RULE('when', (): Ast.When | undefined => {
    const start = this.CONSUME(token.When);
    let condition: readonly (Term | undefined)[] = [];
    this.opening(() => {
      const read: (Term | undefined)[] = [];
      this.AT_LEAST_ONE({
        GATE: () => !this.atBlock(),
        DEF: () =>
          this.OR([
            { ALT: () => read.push(this.term(this.CONSUME(token.InLine))) },
            { ALT: () => read.push(this.SUBRULE(this.braces)) },
          ]),
        ERR_MSG: 'a condition',
      });
      this.expectOperand();
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{` and the rules' });
      // Half a condition is none: it would be complained of again.
      condition = read;
    });
    const rules = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    const terms = this.known(condition);
    return terms && { kind: 'when', condition: terms, rules, span };
  });

  protected readonly definition = this.RULE('def', (): Ast.Definition | undefined => {
    const start = this.CONSUME(token.Def);
    let name: Name | undefined;
    const parameters: Ast.Parameter[] = [];
    this.opening(() => {
      name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'a name' }));
      this.CONSUME(token.LeftParenthesis, { ERR_MSG: '`(` and the parameters' });
      this.MANY_SEP({ SEP: token.Comma, DEF: () => parameters.push(this.SUBRULE(this.parameter)) });
      this.CONSUME(token.RightParenthesis, { ERR_MSG: '`,` or `)`' });
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{` and the rules' });
    });
    const rules = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'def', name, parameters, rules, span };
  });

  private readonly parameter = this.RULE('parameter', (): Ast.Parameter => {
    const name = this.name(this.CONSUME1(token.Word, { ERR_MSG: 'the name of a parameter' }));
    const type = this.OPTION(() => {
      this.CONSUME(token.Colon);
      return this.name(this.CONSUME2(token.Word, { ERR_MSG: 'a type' }));
    });
    return { name, ...(type && { type }) };
  });

  protected readonly service = this.RULE('service', (): Ast.Service | undefined => {
    const start = this.CONSUME(token.Service);
    const name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'the name of a service' }));
    this.CONSUME(token.Equals, { ERR_MSG: '`=` and what it is: `{ tcp 80, udp 443 }`' });
    const members = this.SUBRULE(this.braces);
    this.expectEnd('the end of the line');
    return members && { kind: 'service', name, members, span: spanOf(this.source, start, this.LA(0)) };
  });

  protected readonly zone = this.RULE('zone', (): Ast.Zone | undefined => {
    const start = this.CONSUME(token.Zone);
    let name: Name | undefined;
    this.opening(() => {
      name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'the name of a zone' }));
      this.OPTION(() => this.CONSUME(token.Equals));
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const statements = this.SUBRULE(this.statements);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'zone', name, statements, span };
  });

  protected readonly zonePolicy = this.RULE('zonePolicy', (): Ast.ZonePolicy | undefined => {
    const start = this.CONSUME(token.Policy);
    let from: readonly Name[] = [];
    let to: readonly Name[] = [];
    this.opening(() => {
      this.ACTION(() => this.expectWord('from', '`from` and a zone'));
      this.CONSUME1(token.Word);
      from = this.SUBRULE1(this.zoneNames);
      this.ACTION(() => this.expectWord('to', '`,` or `to` and a zone'));
      this.CONSUME2(token.Word, { ERR_MSG: '`to` and a zone' });
      to = this.SUBRULE2(this.zoneNames);
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`,` or `{`' });
    });
    const rules = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return from.length > 0 && to.length > 0 ? { kind: 'policy', from, to, rules, span } : undefined;
  });

  private readonly zoneNames = this.RULE('zoneNames', (): readonly Name[] => {
    const names: Name[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: token.Comma,
      DEF: () => names.push(this.name(this.CONSUME(token.Word, { ERR_MSG: 'the name of a zone' }))),
      ERR_MSG: 'the name of a zone',
    });
    return names;
  });

  protected readonly include = this.RULE('include', (): Ast.IncludeStatement => {
    const start = this.CONSUME(token.Include);
    const path = this.text(this.CONSUME(token.Text, { ERR_MSG: 'a file or pattern in double quotes' }));
    this.expectEnd('the end of the line');
    return { kind: 'include', path, span: spanOf(this.source, start, this.LA(0)) };
  });

  protected readonly gateway = this.RULE('gateway', (): Ast.Gateway | undefined => {
    const start = this.CONSUME(token.Gateway);
    let name: Name | undefined;
    this.opening(() => {
      name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'the name of a gateway' }));
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const lines = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'gateway', name, lines, span };
  });

  /** `link NAME { HOST "eth0" ; OTHER "eth1" }`. */
  protected readonly link = this.RULE('link', (): Ast.LinkBlock | undefined => {
    const start = this.CONSUME(token.Link);
    let name: Name | undefined;
    this.opening(() => {
      name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'the name of a link' }));
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const statements = this.SUBRULE(this.statements);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'link', name, statements, span };
  });

  protected readonly test = this.RULE('test', (): Ast.TestBlock | undefined => {
    const start = this.CONSUME(token.Test);
    let title: Text | undefined;
    let protects: IToken | undefined;
    this.opening(() => {
      title = this.text(this.CONSUME(token.Text, { ERR_MSG: 'a title in double quotes' }));
      protects = this.OPTION(() => {
        this.ACTION(() => this.expectWord('protect', '`protect` or `{`'));
        return this.CONSUME(token.Word);
      });
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const statements = this.SUBRULE(this.statements);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return title && { kind: 'test', title, ...(protects && { protect: true }), statements, span };
  });

  protected readonly assertion = this.RULE('assert', (): Ast.AssertBlock | undefined => {
    const start = this.CONSUME(token.Assert);
    let title: Text | undefined;
    this.opening(() => {
      title = this.text(this.CONSUME(token.Text, { ERR_MSG: 'a title in double quotes' }));
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const lines = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return title && { kind: 'assert', title, lines, span };
  });

  private readonly statements: ParserMethod<[], Ast.Statement[]> = this.RULE('statements', () => {
    const statements: Ast.Statement[] = [];
    this.lines('a statement', () =>
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.End) },
          { ALT: () => keep(statements, this.SUBRULE(this.statement)) },
        ]),
      ),
    );
    return statements;
  });

  protected readonly statement = this.RULE('statement', (): Ast.Statement | undefined => {
    const start = this.LA(1);
    const read: (Term | undefined)[] = [];
    this.AT_LEAST_ONE(() => read.push(this.term(this.CONSUME(token.InLine))));
    const block = this.OPTION(() => {
      this.CONSUME(token.LeftBrace);
      const statements = this.SUBRULE(this.statements);
      this.CONSUME(token.RightBrace);
      return statements;
    });
    const terms = this.complete(read);
    return terms && { terms, ...(block && { block }), span: spanOf(this.source, start, this.LA(0)) };
  });

  /** nft's own text has the clauses of a chain's head in its body; taken for a rule, they would be hard to explain. */
  private refuseClauses(): void {
    const third = this.LA(3);
    const typeAndHook = this.at(token.Type) && tokenMatcher(third, token.Hook);
    const ends = tokenMatcher(third, token.End) || tokenMatcher(third, token.RightBrace);
    const onlyPolicy = this.at(token.Policy) && ends;
    if (typeAndHook || onlyPolicy) this.stop('a rule');
  }

  /** Refuses any word but this one. */
  private expectWord(text: string, expected: string): void {
    if (this.LA(1).image !== text) this.stop(expected);
  }

  /** Whether a name with parentheses is all that is left of the line: a `def` may be called `when`. */
  private atCall(): boolean {
    if (!tokenMatcher(this.LA(2), token.LeftParenthesis)) return false;
    let depth = 1;
    let ahead = 3;
    for (; depth > 0 && !tokenMatcher(this.LA(ahead), EOF); ahead++) {
      if (tokenMatcher(this.LA(ahead), token.LeftParenthesis)) depth++;
      else if (tokenMatcher(this.LA(ahead), token.RightParenthesis)) depth--;
    }
    const next = this.LA(ahead);
    return tokenMatcher(next, token.End) || tokenMatcher(next, token.RightBrace);
  }

  /** Whether the next `{` opens the block of a `when': the line ends behind the `}` that closes it. */
  private atBlock(): boolean {
    if (!this.at(token.LeftBrace)) return false;
    let depth = 0;
    for (let ahead = 1; ; ahead++) {
      const next = this.LA(ahead);
      if (tokenMatcher(next, token.LeftBrace)) depth++;
      else if (tokenMatcher(next, token.RightBrace)) depth--;
      if (depth > 0) continue;
      const after = this.LA(ahead + 1);
      return !tokenMatcher(after, token.InLine) && !tokenMatcher(after, token.LeftBrace);
    }
  }
}
