// What the commands that change this machine's rules, or say what is in force, have in common.
import { userInfo } from 'node:os';
import { Option } from '@commander-js/extra-typings';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import type { ApplyError, ApplyFailure } from '../host/apply/error.ts';
import { type Site, siteIn, stateFolder } from '../host/apply/site.ts';

export const stateOption = new Option(
  '--state-dir <folder>',
  'where it is noted what was applied; else HOOKLINE_STATE, else /var/lib/hookline',
);

export const forceOption = new Option(
  '--force',
  'also where it would stop the present connection of SSH, or what a test marked `protect` lets in',
);

/** What such a command line says. */
export interface SiteWords {
  readonly stateDir?: string | undefined;
}

/** The network namespace that the command runs in. */
export function siteOf({ stateDir }: SiteWords): Site {
  return siteIn(stateFolder(stateDir));
}

/** Who asks: the user behind sudo(8), where there is one. */
export function userName(): string {
  const { SUDO_USER } = process.env;
  if (SUDO_USER) return SUDO_USER;
  try {
    return userInfo().username;
  } catch {
    return `${process.getuid?.() ?? ''}`;
  }
}

const codes = { refused: 'HK0030', failed: 'HK0031', state: 'HK0032' } as const satisfies Record<
  ApplyFailure,
  string
>;

/** As a problem. */
export function applyProblem({ kind, message, help }: ApplyError): Diagnostic {
  return diagnostic(codes[kind], message.replace(/\s*\n\s*/g, '; '), { help });
}
