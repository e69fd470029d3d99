// `comment`: a note for people that stays with the rule.
import { isJsonObject } from '../nft/json-value.ts';
import { defineMatch } from './define.ts';
import { moduleOption } from './iptables-condition.ts';
import { refuse } from './iptables-spelling.ts';
import { byteLength, iptablesTextProblem, quote } from './quote.ts';

interface Comment {
  readonly text: string;
}

/** extensions/libxt_comment.c: XT_MAX_COMMENT_LEN. */
const iptablesLimit = 255;

export const commentMatch = defineMatch<Comment>({
  key: 'comment',
  summary: 'A note that the kernel keeps with the rule and lists again.',
  read: (reader) => {
    const text = reader.text();
    return text === undefined ? undefined : { text };
  },
  write: ({ text }) => `comment ${quote(text)}`,
  nft: {
    write: ({ text }) => ({ comment: text }),
    read: (rule) =>
      isJsonObject(rule) && typeof rule['comment'] === 'string' ? { text: rule['comment'] } : undefined,
  },
  iptables: {
    write: ({ text }) => {
      const problem = iptablesTextProblem(text, iptablesLimit);
      if (problem !== undefined) return { kind: 'unsupported', why: `the comment has ${problem}` };
      return { kind: 'any', alternatives: [[moduleOption('comment', false, '--comment', text)]] };
    },
    readers: [
      {
        module: 'comment',
        options: { '--comment': 1 },
        takes: 'each',
        complete: true,
        read: ([given]) => {
          const text = given?.words[0];
          if (!given || given.negated || text === undefined) return undefined;
          return byteLength(text) > iptablesLimit ? refuse('the comment is too long') : { text };
        },
      },
    ],
  },
  evaluate: () => ({ result: true, actual: 'a note' }),
  sets: () => [],
});
