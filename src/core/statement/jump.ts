// `jump` and `goto`: go on in another chain of the same table.
import { writeName } from '../match/quote.ts';
import { isJsonObject } from '../nft/json-value.ts';
import { defineStatement, type StatementDefinition } from './define.ts';
import { toAll } from './symbolic.ts';

interface Leap {
  readonly chain: string;
}

function defineLeap(key: 'jump' | 'goto', summary: string): StatementDefinition<unknown> {
  return defineStatement<Leap>({
    key,
    summary,
    terminal: true,
    ...(key === 'goto' && { leavesChain: () => true }),
    constant: () => true,
    inMap: ({ chain }) => ({ kind: key, chain }),
    chain: ({ chain }) => chain,
    read: (reader) => {
      const chain = reader.name();
      return chain === undefined ? undefined : { chain };
    },
    write: ({ chain }) => `${key} ${writeName(chain)}`,
    nft: {
      write: ({ chain }) => ({ statement: { [key]: { target: chain } } }),
      read: (statement) => {
        const leap = isJsonObject(statement) ? statement[key] : undefined;
        const chain = isJsonObject(leap) ? leap['target'] : undefined;
        return typeof chain === 'string' ? { chain } : undefined;
      },
    },
    iptables: {
      write: ({ chain }) => ({ kind: 'target', words: [chain], ...(key === 'goto' && { goto: true }) }),
      readers: [
        {
          module: '',
          options: key === 'goto' ? { '-g': 1 } : { '-j': 1 },
          aliases: key === 'goto' ? { '--goto': '-g' } : { '--jump': '-j' },
          takes: 'each',
          read: ([given]) => {
            const chain = given?.words[0];
            return given?.negated || chain === undefined ? undefined : { chain };
          },
        },
      ],
    },
    execute: ({ chain }) => ({ kind: 'verdict', verdict: { kind: key, chain } }),
    symbolic: ({ chain }) => toAll({ kind: 'verdict', verdict: { kind: key, chain } }),
  });
}

export const jump = defineLeap('jump', 'Goes through another chain and comes back behind this rule.');
export const gotoStatement = defineLeap(
  'goto',
  'Goes on in another chain, whose end leads back to where this chain was entered from.',
);
