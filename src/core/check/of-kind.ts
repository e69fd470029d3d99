// Picks the nodes of one kind out of a mixed list.

/** The nodes of that kind, in order. */
export function ofKind<Node extends { readonly kind: string }, Kind extends Node['kind']>(
  nodes: readonly Node[],
  kind: Kind,
): readonly Extract<Node, { readonly kind: Kind }>[] {
  return nodes.filter((node): node is Extract<Node, { readonly kind: Kind }> => node.kind === kind);
}
