// The syntax tree as tests walk over it.

/** What a node holds by name, the terms of a rule too, which no enumeration finds because they are made when asked for. */
export function childrenOf(node: object): readonly (readonly [string, unknown])[] {
  const made = 'terms' in node && !Object.hasOwn(node, 'terms') ? [['terms', node.terms] as const] : [];
  return [...Object.entries(node), ...made];
}
