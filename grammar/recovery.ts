// How the parser goes on behind a mistake: a mistake costs the statement that it is in, and nothing behind it.
// The input has balanced braces (the reader of the tokens sees to that), so that every construct that opens a brace
// can find its own end.
import {
  defaultParserErrorProvider,
  EarlyExitException,
  EmbeddedActionsParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  MismatchedTokenException,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import * as token from './tokens.ts';

/** Something other than what the grammar wants at this place. */
export interface Mistake {
  /** What was found; of type EOF where the text ends. */
  readonly found: IToken;
  /** What was wanted, as a phrase with the keywords in backticks. */
  readonly expected: string;
}

/** Every message is only what was wanted; the sentence around it is made by whoever reports the mistake. */
export const expectations: IParserErrorMessageProvider = {
  ...defaultParserErrorProvider,
  buildEarlyExitMessage: ({ customUserDescription = '' }) => customUserDescription,
};

/** A parser that collects its mistakes and skips the statements that they are in. */
export abstract class RecoveringParser extends EmbeddedActionsParser {
  private mistakes: Mistake[] = [];
  private limit = 0;

  /** Sets up for new tokens, of which the rest is skipped after `limit` mistakes. */
  protected begin(tokens: IToken[], limit: number): readonly Mistake[] {
    this.mistakes = [];
    this.limit = limit;
    this.input = tokens;
    return this.mistakes;
  }

  /** Whether the next token is one of these types. */
  protected at(...types: readonly TokenType[]): boolean {
    const next = this.LA(1);
    return types.some((type) => tokenMatcher(next, type));
  }

  /** Reads the lines of a block up to its end; what is none of them, or breaks off, is reported and skipped. */
  protected lines(expected: string, read: () => void): void {
    if (this.RECORDING_PHASE) read();
    else while (!this.readLines(expected, read)) this.skipStatement();
  }

  private readLines(expected: string, read: () => void): boolean {
    try {
      read();
      if (!this.at(token.RightBrace, EOF)) this.stop(expected);
      return true;
    } catch (error) {
      this.report(error);
      return false;
    }
  }

  /** Reads a header with its `{`. Where it breaks off, the `{` further on in the line still opens the block. */
  protected opening(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.report(error);
      while (!this.at(token.LeftBrace)) {
        if (this.at(token.End, token.RightBrace, EOF)) throw error;
        this.SKIP_TOKEN();
      }
      this.SKIP_TOKEN();
    }
  }

  /** Reads up to a `}` and it too, whatever goes wrong before it; undefined if something did. */
  protected enclosed<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.report(error);
      while (!this.at(token.RightBrace, EOF)) this.skipToken();
      this.SKIP_TOKEN();
      return undefined;
    }
  }

  /** Refuses anything between the end of a statement and the end of its line. */
  protected expectEnd(expected: string): void {
    this.ACTION(() => {
      if (!this.at(token.End, token.RightBrace, EOF)) this.stop(expected);
    });
  }

  /** Gives up the statement at the next token. */
  protected stop(expected: string): never {
    throw new MismatchedTokenException(expected, this.LA(1), this.LA(0));
  }

  /** Notes a mistake once, however many constructs it breaks off; anything else is not for us to catch. */
  private report(error: unknown): void {
    if (!(error instanceof MismatchedTokenException || error instanceof EarlyExitException)) throw error;
    const found = error.token;
    if (this.mistakes.at(-1)?.found !== found) this.mistakes.push({ found, expected: error.message });
    if (this.mistakes.length >= this.limit) while (!this.at(EOF)) this.SKIP_TOKEN();
  }

  /** Skips to the end of the statement, and over a block that was put on the next line. */
  private skipStatement(): void {
    while (!this.at(token.End, token.RightBrace, EOF)) this.skipToken();
    if (!this.at(token.End) || !tokenMatcher(this.LA(2), token.LeftBrace)) return;
    this.SKIP_TOKEN();
    this.skipStatement();
  }

  /** Skips a token, or all between two braces. */
  private skipToken(): void {
    let depth = 0;
    do {
      if (this.at(token.LeftBrace)) depth++;
      if (this.at(token.RightBrace)) depth--;
      this.SKIP_TOKEN();
    } while (depth > 0 && !this.at(EOF));
  }
}
