// Reads XML by a strict parser, for tests of what is written.
import { SaxesParser } from 'saxes';

/** The text between tags, one for each piece of it; fails where the document is not well-formed. */
export function textsOf(document: string): readonly string[] {
  const texts: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('text', (text) => texts.push(text));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(document).close();
  return texts;
}
