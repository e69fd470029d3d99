// The verdicts that take no argument: `accept`, `drop`, `return`, `continue`.
import { equalJson } from '../nft/json-value.ts';
import { defineStatement, type Outcome, type StatementDefinition, type TargetSpelling } from './define.ts';
import { toAll } from './symbolic.ts';

interface VerdictSpec {
  readonly key: 'accept' | 'drop' | 'return' | 'continue';
  readonly summary: string;
  readonly leavesChain?: true;
  /** iptables' target; a rule without one goes on to the next. */
  readonly target?: string;
  readonly outcome?: Outcome;
}

const none = {} as const;
type None = typeof none;

function defineVerdict({
  key,
  summary,
  target,
  leavesChain,
  outcome,
}: VerdictSpec): StatementDefinition<unknown> {
  const spelling: TargetSpelling = target ? { kind: 'target', words: [target] } : { kind: 'nothing' };
  return defineStatement<None>({
    key,
    summary,
    terminal: true,
    ...(key !== 'continue' && { ends: () => true, constant: () => true }),
    inMap: () => ({ kind: key }),
    ...(leavesChain && { leavesChain: () => true }),
    ...(outcome && { outcome: () => outcome }),
    read: () => none,
    write: () => key,
    nft: {
      write: () => ({ statement: { [key]: null } }),
      read: (statement) => (equalJson(statement, { [key]: null }) ? none : undefined),
    },
    iptables: {
      write: () => spelling,
      readers: target ? [{ module: target, options: {}, takes: 'together', read: () => none }] : [],
    },
    execute: () => ({ kind: 'verdict', verdict: { kind: key } }),
    symbolic: () => toAll({ kind: 'verdict', verdict: { kind: key } }),
  });
}

export const accept = defineVerdict({
  key: 'accept',
  summary: 'Lets the packet pass this base chain; other base chains still see it.',
  target: 'ACCEPT',
  outcome: { kind: 'accept' },
});

export const drop = defineVerdict({
  key: 'drop',
  summary: 'Ends the packet without an answer; nothing sees it any more.',
  target: 'DROP',
});

export const returnStatement = defineVerdict({
  key: 'return',
  summary: 'Goes back behind the jump that led to this chain; in a base chain its policy decides.',
  target: 'RETURN',
  leavesChain: true,
});

export const continueStatement = defineVerdict({
  key: 'continue',
  summary: 'Goes on with the next rule, as a rule without a verdict does.',
});
