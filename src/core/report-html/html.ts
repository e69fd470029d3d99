// HTML as text: elements of which only those without content have no end tag, everything else escaped.
import { type Attributes, attributesText, joined, type Xml } from '../picture/xml.ts';

/** HTML Living Standard 13.1.2: void elements, as far as the report has any. */
const empty: ReadonlySet<string> = new Set(['meta', 'br', 'col']);

/** `<name a="1">…</name>`. */
export function tag(
  name: string,
  attributes: Attributes,
  ...content: readonly (Xml | readonly Xml[])[]
): Xml {
  const start = `<${name}${attributesText(attributes)}>`;
  return { xml: empty.has(name) ? start : `${start}${joined(content.flat()).xml}</${name}>` };
}

/** What is the content of `style` and `script`, which knows no escapes; it is our own text and has no end tag in it. */
export function rawText(content: string): Xml {
  return { xml: content };
}
