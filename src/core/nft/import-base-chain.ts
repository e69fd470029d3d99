// What attaches an imported chain to a hook.
import type { z } from 'zod';
import { type Hook, ipHooks } from '../hook/hook.ts';
import type { BaseChain, ChainType } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { complain, type Draft } from './import-draft.ts';
import type { envelopes } from './schema/object.ts';

const types: readonly ChainType[] = ['filter', 'nat', 'route'];
const hooks: readonly Hook[] = [...ipHooks, 'ingress', 'egress'];
const policies: readonly BaseChain['policy'][] = ['accept', 'drop'];

/** Undefined for a chain without a hook, and with a complaint where something of a base chain is missing or strange. */
export function readBaseChain(
  draft: Draft,
  body: z.infer<typeof envelopes.chain>,
  span: Span | undefined,
): BaseChain | undefined {
  const { name, prio, dev = [] } = body;
  if (body.type === undefined && body.hook === undefined && prio === undefined) return undefined;
  const type = types.find((one) => one === body.type);
  const hook = hooks.find((one) => one === body.hook);
  const policy = policies.find((one) => one === (body.policy ?? 'accept'));
  if (!type || !hook || !policy || prio === undefined) {
    const wrong = [
      ['type', type],
      ['hook', hook],
      ['prio', prio],
      ['policy', policy],
    ].find(([, value]) => value === undefined);
    complain(draft, 'HK5502', `base chain \`${name}\` has no known \`${wrong?.[0]}\``, { span });
    return undefined;
  }
  const devices = typeof dev === 'string' ? [dev] : dev;
  const more = { ...(devices.length > 0 && { devices }) };
  const base: BaseChain = { type, hook, priority: prio, policy, ...more };
  return body.flags === 'offload' ? { ...base, offload: true } : base;
}
