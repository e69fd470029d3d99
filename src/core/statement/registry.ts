// All statements. One line each; nobody else knows them by name.

import { checksum } from './checksum.ts';
import { clusterip } from './clusterip.ts';
import { connmark } from './connmark.ts';
import { counter } from './counter.ts';
import { ctEventSet } from './ct-event.ts';
import { ct } from './ct-target.ts';
import { ctOriginalZoneSet, ctReplyZoneSet, ctZoneSet } from './ct-zone.ts';
import type { StatementDefinition } from './define.ts';
import { ip6DscpSet, ipDscpSet } from './dscp.ts';
import { dup } from './dup.ts';
import { ecn, ip6EcnSet, ipEcnSet } from './ecn.ts';
import { flowAdd } from './flow.ts';
import { fwd } from './fwd.ts';
import { hmark } from './hmark.ts';
import { hl, ip6HoplimitSet, ipTtlSet, ttl } from './hop-limit.ts';
import { gotoStatement, jump } from './jump.ts';
import { last } from './last.ts';
import { log } from './log.ts';
import { mangle } from './mangle.ts';
import { ctMarkSet, metaMarkSet } from './mark.ts';
import { dnat, masquerade, redirect, snat } from './nat.ts';
import { netmap } from './netmap.ts';
import { metaNftraceSet } from './nftrace.ts';
import { notrack, oldNotrack } from './notrack.ts';
import { dnpt, snpt } from './npt.ts';
import {
  counterName,
  ctExpectationSet,
  ctHelperSet,
  ctTimeoutSet,
  limitName,
  metaSecmarkSet,
  quotaName,
  synproxyName,
} from './object.ts';
import { metaPkttypeSet } from './pkttype.ts';
import { metaPrioritySet } from './priority.ts';
import { oldQueue, queue } from './queue.ts';
import { rateest } from './rateest.ts';
import { reject } from './reject.ts';
import { connsecmark, secmark } from './secmark.ts';
import { set } from './set-target.ts';
import { addToSet, deleteFromSet, meter, updateSet } from './set-update.ts';
import { synproxy } from './synproxy.ts';
import { resetTcpOption, tcpOptionMaxsegSizeSet } from './tcp-option.ts';
import { tos } from './tos.ts';
import { tproxy } from './tproxy.ts';
import { accept, continueStatement, drop, returnStatement } from './verdict.ts';
import { vmap } from './vmap.ts';
import { audit, idletimer, led, ulog } from './watch-targets.ts';

/** In the order in which the reference page and completion show them. */
export const statements: readonly StatementDefinition<unknown>[] = [
  accept,
  drop,
  reject,
  returnStatement,
  continueStatement,
  jump,
  gotoStatement,
  vmap,
  addToSet,
  updateSet,
  deleteFromSet,
  meter,
  counter,
  counterName,
  limitName,
  quotaName,
  last,
  log,
  metaMarkSet,
  ctEventSet,
  ctMarkSet,
  mangle,
  notrack,
  snat,
  dnat,
  masquerade,
  redirect,
  ipDscpSet,
  ip6DscpSet,
  tos,
  ipEcnSet,
  ip6EcnSet,
  ecn,
  ipTtlSet,
  ttl,
  ip6HoplimitSet,
  hl,
  metaPrioritySet,
  metaPkttypeSet,
  metaNftraceSet,
  checksum,
  hmark,
  secmark,
  metaSecmarkSet,
  connsecmark,
  audit,
  idletimer,
  led,
  rateest,
  clusterip,
  ulog,
  queue,
  oldQueue,
  netmap,
  tproxy,
  synproxy,
  synproxyName,
  dup,
  fwd,
  tcpOptionMaxsegSizeSet,
  resetTcpOption,
  connmark,
  ctZoneSet,
  ctOriginalZoneSet,
  ctReplyZoneSet,
  ct,
  ctHelperSet,
  ctTimeoutSet,
  ctExpectationSet,
  flowAdd,
  oldNotrack,
  snpt,
  dnpt,
  set,
];

const index = new Map(
  statements.flatMap((statement) =>
    [statement.key, ...(statement.aliases ?? [])].map((name) => [name, statement] as const),
  ),
);

/** The statement of a key or alias: words separated by single blanks. */
export function findStatement(key: string): StatementDefinition<unknown> | undefined {
  return index.get(key);
}

/** All keys and aliases. */
export const statementNames: readonly string[] = [...index.keys()];
