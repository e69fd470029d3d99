// `comment`: a note for people that stays with the rule.
import type { Match, Part } from '../ir/ruleset.ts';
import { isJsonObject } from '../nft/json-value.ts';
import { defineMatch } from './define.ts';
import { moduleOption } from './iptables-condition.ts';
import { refuse } from './iptables-spelling.ts';
import { byteLength, iptablesTextProblem, quote } from './quote.ts';

interface Comment {
  readonly text: string;
}

/** extensions/libxt_comment.c: XT_MAX_COMMENT_LEN. */
export const iptablesCommentLimit = 255;

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
      const problem = iptablesTextProblem(text, iptablesCommentLimit);
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
          return byteLength(text) > iptablesCommentLimit ? refuse('the comment is too long') : { text };
        },
      },
    ],
  },
  evaluate: () => ({ result: true, actual: 'a note' }),
  symbolic: () => 1,
  sets: () => [],
});

/** The comment of a rule; several of them stand behind each other, as nft has them. */
export function commentOf(parts: readonly Part[]): string | undefined {
  const texts = parts.flatMap((part) => (isComment(part) ? textOf(part.args) : []));
  return texts.length > 0 ? texts.join(', ') : undefined;
}

/** The parts with this as their only comment, which no packet notices. */
export function withComment(parts: readonly Part[], text: string): readonly Part[] {
  const comment: Part = { kind: 'match', key: commentMatch.key, args: { text } satisfies Comment };
  return [comment, ...withoutComments(parts)];
}

/** The parts that packets notice. */
export function withoutComments(parts: readonly Part[]): readonly Part[] {
  return parts.filter((part) => !isComment(part));
}

function isComment(part: Part): part is Match {
  return part.kind === 'match' && part.key === commentMatch.key;
}

function textOf(args: unknown): readonly string[] {
  const isNote = typeof args === 'object' && args !== null && 'text' in args;
  return isNote && typeof args.text === 'string' ? [args.text] : [];
}
