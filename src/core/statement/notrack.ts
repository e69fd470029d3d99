// `notrack`: keeps a packet out of conntrack; in iptables CT, and NOTRACK as it was called before.

import type { IptablesReader } from '../match/iptables-spelling.ts';
import { equalJson } from '../nft/json-value.ts';
import { onlyOption } from './ct-options.ts';
import { defineStatement, type StatementDefinition } from './define.ts';
import { toAll } from './symbolic.ts';

const none = {} as const;
type None = typeof none;

interface NotrackSpec {
  readonly key: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly reader: IptablesReader<None>;
}

function defineNotrack({ key, summary, words, reader }: NotrackSpec): StatementDefinition<unknown> {
  return defineStatement<None>({
    key,
    summary,
    terminal: false,
    hooks: ['ingress', 'prerouting', 'output'],
    changesPacket: true,
    read: () => none,
    write: () => key,
    nft: {
      write: () => ({ statement: { notrack: null } }),
      read: (statement) => (equalJson(statement, { notrack: null }) ? none : undefined),
    },
    iptables: { write: () => ({ kind: 'target', words }), readers: [reader] },
    execute: () => ({ kind: 'untrack' }),
    symbolic: () => toAll({ kind: 'untrack' }),
  });
}

export const notrack = defineNotrack({
  key: 'notrack',
  summary: 'Keeps the packet out of conntrack; only before it, at priority raw, this has an effect.',
  words: ['CT', '--notrack'],
  reader: onlyOption('--notrack', () => none),
});

export const oldNotrack = defineNotrack({
  key: 'NOTRACK',
  summary: 'The same as `notrack`, under its older name in iptables.',
  words: ['NOTRACK'],
  reader: { module: 'NOTRACK', options: {}, takes: 'together', complete: true, read: () => none },
});
