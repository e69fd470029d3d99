// Programs that load rules into the kernel, and what each of them is given.

/** The ways that rules get into the kernel. */
export const loaders = ['nft', 'iptables-nft', 'iptables-legacy'] as const;

export type Loader = (typeof loaders)[number];

/** A text and the program that loads it. */
export interface Load {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
}

/** The rules of a text for `nft -f`. */
export function nftLoad(input: string): Load {
  return { program: 'nft', args: ['-f', '-'], input };
}
