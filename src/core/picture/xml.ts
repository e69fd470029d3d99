// XML as text: elements, with everything that is not markup escaped.

/** What is written as XML already. */
export interface Xml {
  readonly xml: string;
}

/** Attributes by name; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `<name a="1">…</name>`. */
export function element(
  name: string,
  attributes: Attributes,
  ...content: readonly (Xml | readonly Xml[])[]
): Xml {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(typeof value === 'number' ? rounded(value) : value)}"`],
  );
  const inner = content
    .flat()
    .map(({ xml }) => xml)
    .join('');
  const tag = [name, ...written].join('');
  return { xml: inner === '' ? `<${tag}/>` : `<${tag}>${inner}</${name}>` };
}

/** Text between tags. */
export function text(content: string): Xml {
  return { xml: escaped(content) };
}

/** A new line between elements, for those who read the file. */
export const newLine: Xml = { xml: '\n' };

function rounded(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 has no character for (2.2 Characters) becomes U+FFFD. */
function escaped(content: string): string {
  return content
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"]/g, (letter) => named[letter] ?? letter);
}
