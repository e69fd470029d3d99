// That nobody is shut out by what is applied: the present connection of SSH and the tests that protect, on all rules that will
// be in force.

import type { TableName } from '../core/change/change.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { brokenProtection } from '../core/lock-out/protected.ts';
import { type LockOut, lockOuts } from '../core/lock-out/session.ts';
import { ApplyError } from '../host/apply/error.ts';
import { type After, readAfter } from '../host/apply/rules-after.ts';
import type { Site } from '../host/apply/site.ts';
import { controllingSession } from '../host/controlling-session.ts';
import type { Applicable } from './before-apply.ts';
import type { Context } from './context.ts';
import { sessionOf } from './session.ts';

/** What is risked on purpose. */
export interface Risk {
  readonly force?: true | undefined;
  /** Seconds after which it is undone. */
  readonly confirm?: number | undefined;
}

/** What is to be in force where. */
export interface Access {
  readonly site: Site;
  readonly applicable: Pick<Applicable, 'policy' | 'ruleSet' | 'host'>;
  /** Tables that hookline has made. */
  readonly owned: readonly TableName[];
}

/**
 * Refuses what would shut somebody out, unless that is risked; what is overridden is returned. What is not known is warned of.
 * Throws an {@link ApplyError}.
 */
export async function demandAccess(
  { report }: Pick<Context, 'report'>,
  access: Access,
  risk: Risk,
): Promise<readonly string[]> {
  const { site, applicable, owned } = access;
  const session = sessionOf(undefined, controllingSession());
  if (!session && !applicable.policy.tests.some(({ protect }) => protect)) return [];
  const { value: after, diagnostics } = await readAfter(site, applicable.ruleSet, owned);
  if (!after) {
    report([...diagnostics, warning('whether anybody is shut out is not known: not all rules can be read')]);
    return [];
  }
  const found = session ? lockOuts(after.ruleSet, after.host, session) : [];
  const unsure = found.filter(({ sure }) => !sure);
  report(unsure.map(({ what, why }) => warning(`${what} may be stopped by ${why}`)));
  const stopped = [...found.filter(({ sure }) => sure).map(lockOutText), ...brokenTests(applicable, after)];
  return stopped.length === 0 ? [] : overridden(stopped, risk, report);
}

function lockOutText({ what, why }: LockOut): string {
  return `${what} would be stopped by ${why}`;
}

function brokenTests({ policy, host }: Access['applicable'], { ruleSet }: After): readonly string[] {
  return brokenProtection(policy, ruleSet, host?.name).map(
    ({ test }) => `test "${test.title}" would fail with all rules of this machine`,
  );
}

function overridden(
  stopped: readonly string[],
  { force, confirm }: Risk,
  report: (found: readonly Diagnostic[]) => void,
): readonly string[] {
  if (!force && confirm === undefined)
    throw new ApplyError(
      'refused',
      stopped.join('; '),
      'admit it in the policy; `--confirm 60` tries it and comes back by itself, `--force` does it',
    );
  const back = confirm === undefined ? 'and `--force` was said' : `and comes back after ${confirm} s`;
  report(stopped.map((text) => warning(`${text}, ${back}`)));
  return stopped;
}

function warning(message: string): Diagnostic {
  return diagnostic('HK0033', message);
}
