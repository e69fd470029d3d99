// Running everything at one hook, in order, until something ends the packet.
import type { Hook } from '../hook/hook.ts';
import type { RejectAnswer } from '../statement/define.ts';
import { answerReject } from './answer.ts';
import { runBaseChain } from './chain.ts';
import { confirmConnection, trackConnection } from './connection.ts';
import { defragment } from './defragment.ts';
import { orderOfLoading } from './loading.ts';
import { runNat } from './nat.ts';
import { type HookedChain, type HookFunction, hookFunctions, runAlike } from './order.ts';
import { rejectBelowIp } from './reject-below-ip.ts';
import { rerouteAfter } from './reroute.ts';
import { dropByStack, type End, endOf, known, type Run } from './run.ts';
import { seeSent } from './seen.ts';

/** Runs a hook, or the part of it that is asked for; undefined: the packet goes on. */
export function runHook(
  run: Run,
  hook: Hook,
  isAsked: (one: HookFunction) => boolean = () => true,
): End | undefined {
  run.hook = hook;
  const [iif, oif] = [known(run.iif), known(run.oif)];
  const functions = functionsAt(run, hook, hook === 'egress' ? oif : iif).filter(isAsked);
  if (functions.length > 0)
    run.steps.push({
      kind: 'hook',
      hook,
      ...(iif !== undefined && { iif }),
      ...(oif !== undefined && { oif }),
    });
  for (const one of functions) {
    const end = runFunction(run, one);
    if (end) return end;
  }
  return undefined;
}

function functionsAt(run: Run, hook: Hook, device: string | undefined): readonly HookFunction[] {
  const inOrder = (order: number) => hookFunctions(run.request.ruleSet, hook, run.layer, device, order);
  return inOrder(orderOfLoading(run, (order) => !runAlike(inOrder(order), inOrder(0))));
}

function runFunction(run: Run, one: HookFunction): End | undefined {
  switch (one.kind) {
    case 'chain':
      return one.hooked.base.type === 'route'
        ? rerouteAfter(run, () => runFilter(run, one.hooked))
        : runFilter(run, one.hooked);
    case 'defrag':
      return defragment(run, 'conntrack');
    case 'conntrack':
      return trackConnection(run);
    case 'nat':
      return runNat(run, one.manip, one.chains);
    case 'confirm':
      return confirmConnection(run);
  }
}

function runFilter(run: Run, hooked: HookedChain): End | undefined {
  const result = runBaseChain(run, hooked);
  if (run.leaving) return sendAtOnce(run, run.leaving);
  if (result.kind === 'nat') throw new Error(`nat statement in ${hooked.chain.name}, which is no nat chain`);
  if (result.kind === 'reject') answerBy(run, result.answer);
  return endOf(result.kind);
}

/** So many times a rule may send a packet on (include/net/netfilter/nf_dup_netdev.h: NF_RECURSION_LIMIT). */
const mostTimesSent = 3;

/** Only the egress of the device is left to pass (net/netfilter/nft_fwd_netdev.c). */
function sendAtOnce(run: Run, { device, hop }: NonNullable<Run['leaving']>): End {
  run.leaving = undefined;
  run.iif = undefined;
  run.oif = device;
  const { ttl } = run.packet;
  if (hop && ttl <= 1) return dropByStack(run, 'ttl-exceeded', `its time to live of ${ttl} ends here`);
  if (hop) run.packet = { ...run.packet, ttl: ttl - 1 };
  if (++run.timesSent > mostTimesSent) {
    run.steps.push({ kind: 'stack', why: 'it goes in circles' });
    return { verdict: 'drop', fate: 'dropped' };
  }
  const isReceived = run.request.injection.direction === 'in';
  return passEgress(run) ?? { verdict: 'accept', fate: isReceived ? 'forwarded' : 'sent' };
}

/** The last hook: only what passes it is seen by captures (net/core/dev.c: __dev_queue_xmit). */
export function passEgress(run: Run): End | undefined {
  const end = runHook(run, 'egress');
  if (!end) seeSent(run);
  return end;
}

function answerBy(run: Run, answer: RejectAnswer): void {
  if (run.layer === 'bridge' || run.hook === 'ingress') rejectBelowIp(run, answer);
  else answerReject(run, answer);
}
