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
  const inner = joined(content.flat()).xml;
  const tag = `${name}${attributesText(attributes)}`;
  return { xml: inner === '' ? `<${tag}/>` : `<${tag}>${inner}</${name}>` };
}

/** One after the other. */
export function joined(parts: readonly Xml[]): Xml {
  return { xml: parts.map(({ xml }) => xml).join('') };
}

/** ` a="1" b="2"`, escaped. */
export function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${valueText(value)}"`))
    .join('');
}

function valueText(value: string | number): string {
  return escaped(typeof value === 'number' ? rounded(value) : value);
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

/** What turns the direction of the text behind it (Unicode, UAX #9, 2.1 to 2.6): names could show as others. */
const turning = /[\u{200E}\u{200F}\u{061C}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu;

/** What XML 1.0 has no character for (2.2 Characters) becomes U+FFFD, and so does what would turn other text around. */
function escaped(content: string): string {
  return content
    .replace(turning, '\u{FFFD}')
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"]/g, (letter) => named[letter] ?? letter);
}
