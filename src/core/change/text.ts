// The commands of a transaction for `nft -f`, in the order in which the kernel can carry them out: what is in use can't be
// deleted, and what is referred to must be there.
import type { TableName } from './change.ts';

/** Commands on one table, by what must come before what. */
export interface Commands {
  /** Rules, then elements, then the rules of chains that go, then sets and chains, then objects. */
  readonly deletions: Record<Deletion, string[]>;
  /** Blocks of a declaration of the table. */
  readonly blocks: string[];
  readonly elements: string[];
  readonly rules: string[];
}

const order = ['rules', 'elements', 'flushes', 'sets', 'chains', 'objects'] as const;

type Deletion = (typeof order)[number];

/** No commands. */
export function noCommands(): Commands {
  const deletions = { rules: [], elements: [], flushes: [], sets: [], chains: [], objects: [] };
  return { deletions, blocks: [], elements: [], rules: [] };
}

/** The lines; none where there are no commands. */
export function textOf({ family, name }: TableName, commands: Commands): string {
  const { deletions, blocks, elements, rules } = commands;
  const declaration = blocks.length > 0 ? [`table ${family} ${name} {\n${blocks.join('\n')}}`] : [];
  const lines = [...order.map((kind) => deletions[kind]), declaration, elements, rules].flat();
  return lines.map((line) => `${line}\n`).join('');
}
