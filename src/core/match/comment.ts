// `comment`: a note for people that stays with the rule.
import { defineMatch } from './define.ts';
import { always, moduleOption } from './iptables-condition.ts';
import { iptablesTextProblem, nftTextProblem, quote } from './quote.ts';

interface Comment {
  readonly text: string;
}

/** include/linux/netfilter/nf_tables.h: NFTNL_UDATA_COMMENT_MAXLEN; extensions/libxt_comment.c: XT_MAX_COMMENT_LEN. */
const nftLimit = 128;
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
    write: ({ text }) => {
      const problem = nftTextProblem(text, nftLimit);
      return problem === undefined ? { comment: text } : { unsupported: `the comment has ${problem}` };
    },
    read: () => undefined,
  },
  iptables: {
    write: ({ text }) => {
      const problem = iptablesTextProblem(text, iptablesLimit);
      if (problem !== undefined) return { kind: 'unsupported', why: `the comment has ${problem}` };
      // iptables lists an empty comment as `--comment ""`, and nobody wants to read that.
      if (text === '') return always();
      return { kind: 'any', alternatives: [[moduleOption('comment', false, '--comment', text)]] };
    },
    readers: [
      {
        module: 'comment',
        options: { '--comment': 1 },
        takes: 'each',
        read: ([given]) => {
          const text = given?.words[0];
          return given && !given.negated && text !== undefined ? { text } : undefined;
        },
      },
    ],
  },
  evaluate: () => ({ result: true, actual: 'a note' }),
  sets: () => [],
});
