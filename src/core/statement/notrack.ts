// `notrack`: keeps a packet out of conntrack.
import { equalJson } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';

const none = {} as const;

export const notrack = defineStatement<typeof none>({
  key: 'notrack',
  summary: 'Keeps the packet out of conntrack; only before it, at priority raw, this has an effect.',
  terminal: false,
  hooks: ['prerouting', 'output'],
  changesPacket: true,
  read: () => none,
  write: () => 'notrack',
  nft: {
    write: () => ({ statement: { notrack: null } }),
    read: (statement) => (equalJson(statement, { notrack: null }) ? none : undefined),
  },
  iptables: {
    write: () => ({ kind: 'target', words: ['CT', '--notrack'] }),
    readers: [
      { module: 'CT', options: { '--notrack': 0 }, takes: 'together', read: ([given]) => given && none },
      { module: 'NOTRACK', options: {}, takes: 'together', read: () => none },
    ],
  },
  execute: () => ({ kind: 'untrack' }),
});
