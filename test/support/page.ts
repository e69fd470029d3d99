// The code blocks of a page of the docs. What stands behind the language of a block says what becomes of it: a name is a
// file that later commands of the page find, and `more` puts the block at the end of that file.

/** A fenced block, in the order of the page. */
export interface Block {
  /** Its language, with the word `rules` where the block is not a whole policy. */
  readonly kind: string;
  /** The file that it is written to. */
  readonly file: string | undefined;
  /** Whether it is added to what the file has. */
  readonly more: boolean;
  readonly body: string;
}

const fence = /^```(\w*(?: rules)?)(?: ([\w-]+\.[\w.]+)( more)?)?\n(.*?)^```$/gms;

/** All blocks of a page; a block whose first line says anything else is an error. */
export function blocksOf(text: string): readonly Block[] {
  const blocks = [...text.matchAll(fence)].map(([, kind = '', file, more, body = '']) => ({
    kind,
    file,
    more: more !== undefined,
    body,
  }));
  const fences = text.split('\n').filter((line) => line.startsWith('```')).length;
  if (fences !== 2 * blocks.length) throw new Error('a code block is not understood');
  return blocks;
}

/** What the files of a page hold after these blocks, by their names. */
export function filesOf(blocks: readonly Block[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { file, more, body } of blocks)
    if (file !== undefined) files[file] = more ? `${files[file] ?? ''}\n${body}` : body;
  return files;
}
