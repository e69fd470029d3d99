// Statements that name an object of the table: what they do to a packet and to its connection.
import { hasStatus } from '../conntrack/entry.ts';
import { isUnknown } from '../field/view.ts';
import type { EvaluationContext } from '../match/define.ts';
import { expectationOf, helperOf, timeoutsOf } from '../object/connection.ts';
import { findObjectKind } from '../object/registry.ts';
import { type Effect, oneOf, type StatementDefinition } from './define.ts';
import { defineObjectStatement } from './object-reference.ts';
import { passing, perhaps } from './symbolic.ts';
import { symbolicSynproxy, synproxyEffect } from './synproxy.ts';

export const counterName = defineObjectStatement({
  key: 'counter name',
  kind: 'counter',
  summary:
    'Counts with a counter of the table: `counter name "web"`, `counter name tcp dport map { 80 : "web" }`.',
  why: 'iptables counts for each rule, not by name',
  help: 'write `counter` for a counter of the rule alone, or compile to nft',
  effect: (name) => ({ kind: 'none', note: `counted by \`${name}\`` }),
  symbolic: passing,
});

function defineObjectLimit(kind: 'limit' | 'quota', summary: string): StatementDefinition<unknown> {
  return defineObjectStatement({
    key: `${kind} name`,
    kind,
    summary,
    knowledge: 'history',
    why: `iptables has no ${kind} that rules share by name`,
    help: `give each rule its own \`${kind}\`, or compile to nft`,
    effect: (name, context) => limitEffect(kind, name, context),
    symbolic: (context) => perhaps(context, `the ${kind} is not reached`),
  });
}

/** The rule ends where the object says so; what it had counted before is taken to be what its declaration says. */
function limitEffect(kind: string, name: string, context: EvaluationContext): Effect {
  const object = context.findObject(kind, name);
  const shared = { of: 'table', name: `${kind} ${name}` } as const;
  const truth = object && findObjectKind(kind)?.truth?.(object.args, context.view, context.memory, shared);
  const end = (actual: string): Effect => ({ kind: 'mismatch', condition: `${kind} name "${name}"`, actual });
  if (!truth || truth.result === 'unknown')
    return oneOf(`no ${kind} \`${name}\` is declared`, [
      { label: 'that the rule goes on', effect: { kind: 'none' } },
      { label: 'that the rule ends', effect: end('by supposition') },
    ]);
  if (truth.result !== 'assumed') return truth.result ? { kind: 'none' } : end(truth.actual);
  const { holds, assumption } = truth;
  const about = { assumption: `of \`${kind} name "${name}"\`: ${assumption}` };
  return holds ? { kind: 'none', ...about } : { ...end(assumption), ...about };
}

export const limitName = defineObjectLimit(
  'limit',
  'Goes on as a limit of the table says, which other rules use up, too: `limit name "slow"`, `limit name tcp dport map { 22 : "slow" }`.',
);

export const quotaName = defineObjectLimit(
  'quota',
  'Goes on as a quota of the table says, which other rules use up, too: `quota name "monthly"`.',
);

/** Whether conntrack keeps the connection already; undefined where that is not known. */
function isConfirmed({ view: { ct } }: EvaluationContext): boolean | undefined {
  if (!ct || ct.state === 'invalid' || ct.state === 'untracked') return false;
  if (ct.state === 'established') return true;
  const { entry } = ct;
  return entry === undefined || isUnknown(entry) ? undefined : hasStatus(entry, 'confirmed');
}

const inRaw = 'iptables gives it before conntrack, in table raw, where nothing of the connection is known';

/** net/netfilter/nft_ct.c: nft_ct_helper_obj_eval changes nothing of a connection that is confirmed. */
export const ctHelperSet = defineObjectStatement({
  key: 'ct helper set',
  kind: 'ct helper',
  summary: 'Gives a new connection a helper of the table: `ct helper set "ftp"`.',
  usesConntrack: true,
  why: inRaw,
  help: 'write `CT helper "ftp"` in table raw, or compile to nft',
  effect: (name, context) => helperEffect(name, context),
  symbolic: passing,
});

function helperEffect(name: string, context: EvaluationContext): Effect {
  if (isConfirmed(context)) return { kind: 'none', note: 'no effect: the connection is known already' };
  return {
    kind: 'set-helper',
    helper: helperOf(context.findObject('ct helper', name)?.args),
    note: `a new connection gets helper \`${name}\``,
    assumption: `helper \`${name}\` finds nothing in what packets carry here that it would expect`,
  };
}

export const ctTimeoutSet = defineObjectStatement({
  key: 'ct timeout set',
  kind: 'ct timeout',
  summary: 'Gives a new connection the timeouts of an object of the table: `ct timeout set "short"`.',
  usesConntrack: true,
  why: inRaw,
  help: 'write `CT timeout "short"` in table raw, or compile to nft',
  effect: (name, context) => ({
    kind: 'set-timeouts',
    ...timeoutsOf(context.findObject('ct timeout', name)?.args),
    note: `a new connection gets the timeouts \`${name}\``,
  }),
  symbolic: passing,
});

/** net/netfilter/nft_ct.c: nft_ct_expect_obj_eval ends the rule where there is no connection, or no new one. */
export const ctExpectationSet = defineObjectStatement({
  key: 'ct expectation set',
  kind: 'ct expectation',
  summary: 'Has conntrack expect a connection beside this new one: `ct expectation set "data"`.',
  usesConntrack: true,
  why: 'iptables has no expectations but those of helpers',
  effect: (name, context) => {
    const { ct } = context.view;
    const expected = expectationOf(context.findObject('ct expectation', name)?.args);
    const done: Effect = { kind: 'expect', expected, name, note: `\`${name}\` is expected` };
    const miss = (actual: string): Effect => ({
      kind: 'mismatch',
      condition: `ct expectation set "${name}"`,
      actual,
    });
    if (!ct || ct.entry === undefined) return miss('no connection');
    if (expected?.size === 0) return miss('none may be expected');
    const known = isConfirmed(context);
    if (known === false) return done;
    const late = miss('the connection is known already');
    if (known) return late;
    return oneOf('whether the connection is known already is not said', [
      { label: 'the expectation', effect: done },
      { label: 'nothing', effect: late },
    ]);
  },
  symbolic: (context) => perhaps(context, 'another connection is expected'),
});

export const metaSecmarkSet = defineObjectStatement({
  key: 'meta secmark set',
  kind: 'secmark',
  summary: 'Gives the packet a security label of the table: `meta secmark set "ssh"`.',
  why: 'iptables has no labels of more than 255 bytes, and none by name',
  effect: (name) => ({ kind: 'none', note: `labelled \`${name}\`` }),
  symbolic: passing,
});

export const synproxyName = defineObjectStatement({
  key: 'synproxy name',
  kind: 'synproxy',
  summary:
    'Answers SYN packets in the server\'s place as an object of the table says: `synproxy name "fast"`.',
  hooks: ['input', 'forward'],
  usesConntrack: true,
  outcome: { kind: 'syn-proxy' },
  why: 'iptables has SYN proxies for each rule only, and this one is not declared',
  effect: (_name, { view }) => synproxyEffect(view.packet),
  symbolic: symbolicSynproxy,
});
