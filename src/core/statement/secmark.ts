// `SECMARK` and `CONNSECMARK`: security labels of packets and of their connections (net/netfilter/xt_SECMARK.c,
// xt_CONNSECMARK.c). nft has the labels as objects, and copies them between packet and connection.
import { equalJson, type JsonValue } from '../nft/json-value.ts';
import { passing } from './symbolic.ts';
import { defineTarget, type TargetArgs, textValue, unknownToNft } from './target.ts';

export const secmark = defineTarget({
  key: 'SECMARK',
  summary: 'Gives the packet a security label: `SECMARK context "system_u:object_r:ssh_packet_t:s0"`.',
  options: [{ option: '--selctx', word: 'context', value: textValue(255), required: true }],
  nft: unknownToNft('nft takes security labels from a secmark object of the table'),
  execute: ({ context }) => ({ kind: 'none', note: `labelled ${String(context)}` }),
  symbolic: passing,
});

function copy(to: 'ct' | 'meta', from: 'ct' | 'meta'): JsonValue {
  return { mangle: { key: { [to]: { key: 'secmark' } }, value: { [from]: { key: 'secmark' } } } };
}

const save = copy('ct', 'meta');
const restore = copy('meta', 'ct');

export const connsecmark = defineTarget({
  key: 'CONNSECMARK',
  summary: 'Copies the security label from the packet to its connection (`save`) or back (`restore`).',
  options: [
    { option: '--save', word: 'save' },
    { option: '--restore', word: 'restore' },
  ],
  exclusive: [['save', 'restore']],
  oneOf: ['save', 'restore'],
  usesConntrack: true,
  nft: {
    write: (args) => ({ statement: args['save'] ? save : restore }),
    read: (statement): TargetArgs | undefined => {
      if (equalJson(statement, save)) return { save: true };
      return equalJson(statement, restore) ? { restore: true } : undefined;
    },
  },
  execute: ({ save: saves }) => ({
    kind: 'none',
    note: saves
      ? 'its security label goes to the connection'
      : 'it gets the security label of its connection',
  }),
  symbolic: passing,
});
