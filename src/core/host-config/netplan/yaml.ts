// YAML with the place of everything in it: maps, lists, and texts that nobody has taken for numbers or dates yet.
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import type { Source } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import type { Word } from '../word.ts';

/** A node with its text as it stands there; of maps the entries are given, of lists the items. */
export interface YamlNode extends Word {
  readonly entries?: readonly YamlEntry[];
  readonly items?: readonly YamlNode[];
}

/** One line of a map. */
export interface YamlEntry {
  readonly key: Word;
  readonly value: YamlNode;
}

/** Deeper than any configuration, less deep than the stack. */
const maximalDepth = 40;

/** Reads a document; undefined, after a report, where it is none. */
export function readYaml(source: Source, draft: HostDraft): YamlNode | undefined {
  if (/[[{]{60}/.test(source.text.replaceAll(/\s/g, '')))
    return complain(draft, 'HK8002', 'this is nested too deep', { source, start: 0, end: 1 });
  const document = parseDocument(source.text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  for (const { message, pos } of document.errors.slice(0, 1)) {
    const text = message
      .split('\n', 1)
      .join()
      .replace(/ at line \d+, column \d+:?$/, '');
    complain(draft, 'HK8002', `this is not YAML: ${text}`, {
      source,
      start: pos[0],
      end: Math.max(pos[1], pos[0]),
    });
  }
  if (document.errors.length > 0 || !document.contents) return undefined;
  return nodeOf(document.contents, source, draft, 0);
}

function nodeOf(node: Node | null, source: Source, draft: HostDraft, depth: number): YamlNode {
  const [start, end] = node?.range ?? [0, 0];
  const span = { source, start, end };
  if (node && depth < maximalDepth) {
    if (isScalar(node)) return { text: typeof node.value === 'string' ? node.value : '', span };
    if (isSeq<Node | null>(node))
      return {
        text: textAt(source, start, end),
        span,
        items: node.items.map((item) => nodeOf(item, source, draft, depth + 1)),
      };
    if (isMap<Node, Node | null>(node))
      return {
        text: textAt(source, start, end),
        span,
        entries: node.items.map(({ key, value }) => {
          const name = nodeOf(key, source, draft, maximalDepth - 1);
          const inner = nodeOf(value, source, draft, depth + 1);
          return { key: name, value: value === null ? { text: '', span: name.span } : inner };
        }),
      };
  }
  if (node) complain(draft, 'HK8002', 'anchors and aliases are not read, nor what is nested too deep', span);
  return { text: '', span };
}

function textAt({ text }: Source, start: number, end: number): string {
  return text.slice(start, end).trim();
}
