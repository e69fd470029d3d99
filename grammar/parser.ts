// The grammar of a policy, as a chevrotain parser that builds the syntax tree while it reads.
import { type IToken, type Rule, tokenMatcher } from 'chevrotain';
import type * as Ast from '../src/core/syntax/ast.ts';
import type { Element, Name, Text } from '../src/core/syntax/term.ts';
import type { Source } from '../src/core/text/source.ts';
import { BlockParser, keep } from './blocks.ts';
import { PackedRule, packTokens, termsIn } from './packed.ts';
import { expectations, type Mistake } from './recovery.ts';
import { spanOf } from './term.ts';
import * as token from './tokens.ts';

/** What a text means as a tree, as far as it could be read. */
export interface Reading {
  readonly items: readonly Ast.Item[];
  readonly mistakes: readonly Mistake[];
}

const declarations =
  '`table`, `set`, `map`, `let`, `def`, `service`, `zone`, `policy`, `gateway`, `host`, `link`, `test` or `assert`';

type ChainHead = Pick<Ast.Chain, 'type' | 'hook' | 'devices' | 'priority' | 'policy'>;

/** What may still come in the head of a chain behind what is there. */
function missingIn(head: ChainHead): string {
  const clauses = ['type', 'hook', 'devices', 'priority', 'policy'] as const;
  const last = clauses.findLastIndex((clause) => head[clause] !== undefined);
  const rest = clauses.slice(last + 1).map((clause) => `\`${clause.replace('devices', 'device')}\``);
  return rest.length > 0 ? `${rest.join(', ')} or \`{\`` : '`{`';
}

class PolicyParser extends BlockParser {
  /** The checks of the grammar itself take time, and fail on a Node that is too old to develop with. */
  constructor(skipValidations: boolean) {
    super([...token.allTokens], { maxLookahead: 1, errorMessageProvider: expectations, skipValidations });
    this.performSelfAnalysis();
  }

  /** Reads the tokens of a source, whose braces are balanced; skips what is left after `limit` mistakes. */
  read(source: Source, tokens: IToken[], limit: number): Reading {
    this.source = source;
    this.packed = packTokens(source, tokens);
    const mistakes = this.begin(tokens, limit);
    const items = this.policy();
    // The parser stays, and what it was given would stay with it.
    this.input = [];
    return { items, mistakes };
  }

  readonly policy = this.RULE('policy', (): readonly Ast.Item[] => {
    const items: Ast.Item[] = [];
    this.lines(declarations, () =>
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.End) },
          { ALT: () => keep(items, this.SUBRULE(this.table)) },
          { ALT: () => keep(items, this.SUBRULE(this.setDeclaration)) },
          { ALT: () => keep(items, this.SUBRULE(this.letDeclaration)) },
          { ALT: () => keep(items, this.SUBRULE(this.ipsetLine)) },
          { ALT: () => keep(items, this.SUBRULE(this.include)) },
          { ALT: () => keep(items, this.SUBRULE(this.definition)) },
          { ALT: () => keep(items, this.SUBRULE(this.service)) },
          { ALT: () => keep(items, this.SUBRULE(this.zone)) },
          { ALT: () => keep(items, this.SUBRULE(this.zonePolicy)) },
          { ALT: () => keep(items, this.SUBRULE(this.gateway)) },
          { ALT: () => keep(items, this.SUBRULE(this.host)) },
          { ALT: () => keep(items, this.SUBRULE(this.link)) },
          { ALT: () => keep(items, this.SUBRULE(this.test)) },
          { ALT: () => keep(items, this.SUBRULE(this.assertion)) },
          { ALT: () => keep(items, this.SUBRULE(this.mapDeclaration)) },
        ]),
      ),
    );
    return items;
  });

  private readonly table = this.RULE('table', (): Ast.Table | undefined => {
    const start = this.CONSUME(token.Table);
    let names: readonly Name[] = [];
    this.opening(() => {
      const first = this.name(this.CONSUME1(token.Identifier, { ERR_MSG: 'a table name' }));
      const second = this.OPTION(() => this.name(this.CONSUME2(token.Identifier)));
      names = second ? [first, second] : [first];
      this.CONSUME(token.LeftBrace, { ERR_MSG: second ? '`{`' : 'a table name or `{`' });
    });
    const items: Ast.Table['items'][number][] = [];
    this.lines('`chain`, `set` or `let`', () =>
      this.MANY(() =>
        this.OR({
          DEF: [
            { ALT: () => this.CONSUME(token.End) },
            { ALT: () => keep(items, this.SUBRULE(this.chain)) },
            { ALT: () => keep(items, this.SUBRULE(this.setDeclaration)) },
            { ALT: () => keep(items, this.SUBRULE(this.mapDeclaration)) },
            { ALT: () => keep(items, this.SUBRULE(this.letDeclaration)) },
            { ALT: () => keep(items, this.SUBRULE(this.raw)) },
            { ALT: () => keep(items, this.SUBRULE(this.object)) },
            { ALT: () => keep(items, this.SUBRULE(this.attribute)) },
          ],
          IGNORE_AMBIGUITIES: true,
        }),
      ),
    );
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    const [name, family] = names.toReversed();
    return name && { kind: 'table', ...(family && { family }), name, items, span };
  });

  /** The facts of a host, and the rules that are its own. */
  private readonly host = this.RULE('host', (): Ast.HostBlock | undefined => {
    const start = this.CONSUME(token.Host);
    let name: Name | undefined;
    this.opening(() => {
      name = this.name(this.CONSUME(token.Word, { ERR_MSG: 'a host name' }));
      this.CONSUME(token.LeftBrace, { ERR_MSG: '`{`' });
    });
    const statements: Ast.Statement[] = [];
    const items: Ast.HostItem[] = [];
    this.lines('a statement', () =>
      this.MANY(() =>
        this.OR({
          DEF: [
            { ALT: () => this.CONSUME(token.End) },
            { ALT: () => keep(items, this.SUBRULE(this.table)) },
            { ALT: () => keep(items, this.SUBRULE(this.zone)) },
            { ALT: () => keep(items, this.SUBRULE(this.gateway)) },
            {
              GATE: () => this.LA(2).image === 'from',
              ALT: () => keep(items, this.SUBRULE(this.zonePolicy)),
            },
            { ALT: () => keep(statements, this.SUBRULE(this.statement)) },
          ],
          IGNORE_AMBIGUITIES: true,
        }),
      ),
    );
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'host', name, statements, items, span };
  });

  private readonly raw = this.RULE('raw', (): Ast.RawObject | undefined => {
    const start = this.CONSUME(token.Nft);
    const content = this.SUBRULE(this.braces);
    this.expectEnd('the end of the line');
    return content && { kind: 'raw', content, span: spanOf(this.source, start, this.LA(0)) };
  });

  private readonly object = this.RULE('object', (): Ast.ObjectDeclaration | undefined => {
    const start = this.CONSUME(token.ObjectKind);
    const more = this.OPTION1({
      GATE: () => tokenMatcher(start, token.Ct),
      DEF: () => this.CONSUME(token.Word, { ERR_MSG: '`helper`, `timeout` or `expectation`' }),
    });
    const name = this.name(this.CONSUME(token.Identifier, { ERR_MSG: 'the name of the object' }));
    const block = this.OPTION2(() => {
      this.CONSUME(token.LeftBrace);
      const lines = this.SUBRULE(this.body);
      this.CONSUME(token.RightBrace);
      return lines;
    });
    const inLine = this.OPTION3({ GATE: () => block === undefined, DEF: () => this.SUBRULE(this.terms) });
    const span = spanOf(this.source, start, this.LA(0));
    const keyword = this.ACTION(() => ({
      text: more ? `${start.image} ${more.image}` : start.image,
      span: spanOf(this.source, start, more),
    }));
    const lines = block ?? (inLine ? [new PackedRule(this.packed, inLine)] : []);
    return { kind: 'object', keyword, name, lines, span };
  });

  private readonly attribute = this.RULE('attribute', (): Ast.Attribute | undefined => {
    const start = this.CONSUME(token.Attribute);
    const terms = this.SUBRULE(this.terms);
    const span = spanOf(this.source, start, this.LA(0));
    return (
      terms && { kind: 'attribute', keyword: this.name(start), terms: termsIn(this.packed, terms), span }
    );
  });

  private readonly chain = this.RULE('chain', (): Ast.Chain | undefined => {
    const start = this.CONSUME(token.Chain);
    let name: Name | undefined;
    let head: ChainHead = {};
    this.opening(() => {
      name = this.name(this.CONSUME(token.Identifier, { ERR_MSG: 'a chain name' }));
      head = this.SUBRULE(this.chainHead);
      this.CONSUME(token.LeftBrace, { ERR_MSG: missingIn(head) });
    });
    const rules = this.SUBRULE(this.body);
    const span = spanOf(this.source, start, this.CONSUME(token.RightBrace));
    return name && { kind: 'chain', name, ...head, rules, span };
  });

  private readonly chainHead = this.RULE('chainHead', (): ChainHead => {
    const type = this.OPTION1(() => {
      this.CONSUME(token.Type);
      return this.name(this.CONSUME1(token.Word, { ERR_MSG: 'a chain type' }));
    });
    const hook = this.OPTION2(() => {
      this.CONSUME(token.Hook);
      return this.name(this.CONSUME2(token.Word, { ERR_MSG: 'the name of a hook' }));
    });
    const devices = this.OPTION3(() => this.SUBRULE(this.devices));
    const priority = this.OPTION4(() => this.SUBRULE(this.priority));
    const policy = this.OPTION5(() => {
      this.CONSUME(token.Policy);
      return this.name(this.CONSUME3(token.Word, { ERR_MSG: '`accept` or `drop`' }));
    });
    return {
      ...(type && { type }),
      ...(hook && { hook }),
      ...(devices && { devices }),
      ...(priority && { priority }),
      ...(policy && { policy }),
    };
  });

  /** `device "eth0"`, `devices = { "eth0", "eth1" }`. */
  private readonly devices = this.RULE('devices', (): readonly Text[] =>
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Device);
          return [this.text(this.CONSUME(token.Text, { ERR_MSG: 'an interface name in double quotes' }))];
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.Devices);
          this.CONSUME(token.Equals, { ERR_MSG: '`=` and interface names in `{ }`' });
          const names = this.SUBRULE(this.braces);
          return this.ACTION(() => (names?.elements ?? []).map((element) => this.deviceOf(element)));
        },
      },
    ]),
  );

  private deviceOf({ terms: [name, ...others], mapped }: Element): Text {
    if (name?.kind === 'string' && others.length === 0 && !mapped) return name;
    return this.stop('interface names in double quotes');
  }

  private readonly priority = this.RULE('priority', (): Ast.PriorityClause => {
    const start = this.CONSUME(token.Priority);
    const base = this.OPTION1(() => this.name(this.CONSUME(token.Word)));
    const sign = this.OPTION2(() =>
      this.OR([{ ALT: () => this.CONSUME(token.Plus) }, { ALT: () => this.CONSUME(token.Minus) }]),
    );
    const size = this.OPTION3({
      GATE: () => base === undefined || sign !== undefined,
      DEF: () => this.CONSUME(token.Integer),
    });
    this.ACTION(() => {
      if (!size && (sign || !base)) this.stop('a priority, like `filter`, `-150` or `mangle + 1`');
    });
    const offset = (sign?.image === '-' ? -1 : 1) * Number(size?.image ?? 0);
    return { ...(base && { base }), offset: offset || 0, span: spanOf(this.source, start, this.LA(0)) };
  });
}

let parser: PolicyParser | undefined;

/** Reads the tokens of a source, whose braces are balanced; skips what is left after `limit` mistakes. */
export function readPolicy(source: Source, tokens: IToken[], limit: number): Reading {
  parser ??= new PolicyParser(true);
  return parser.read(source, tokens, limit);
}

/** The rules of the grammar as data. Throws if they contradict each other. */
export function grammarRules(): readonly Rule[] {
  return Object.values(new PolicyParser(false).getGAstProductions());
}
