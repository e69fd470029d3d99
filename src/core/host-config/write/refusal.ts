// What a form can't say of a host: an error for each, so that nothing is left out silently.
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { HostFacts } from '../../topology/facts.ts';

/** While something is written: the form, and what it can't say. */
export interface Writing {
  /** As people call it: `netplan`. */
  readonly form: string;
  readonly found: Diagnostic[];
}

/** Reports what the form can't say. */
export function refuseIn({ form, found }: Writing, what: string): void {
  found.push(diagnostic('HK8008', `${form} can't say ${what}`));
}

/** Reports each of these that is there; the texts say what it is. */
export function refuseAll(writing: Writing, whose: string, parts: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parts))
    if (value !== undefined && value !== false) refuseIn(writing, `\`${name}\` of ${whose}`);
}

/** Names go into files word for word, so that none may have a meaning there. */
export function refuseNames(writing: Writing, { interfaces }: HostFacts): void {
  for (const { name, type } of interfaces) {
    if (!/^[a-z\d_][\w.+@-]*$/i.test(name)) refuseIn(writing, `the name of the interface \`${name}\``);
    if (type?.lower?.host !== undefined)
      refuseIn(writing, `that \`${name}\` stands on a device of another host, \`${type.lower.host}\``);
  }
}

/** Sysctls are another program's: they are named, for /etc/sysctl.d. */
export function noteSysctls({ form, found }: Writing, { sysctls = [] }: HostFacts): void {
  if (sysctls.length === 0) return;
  const lines = sysctls.map(({ name, value }) => `\`${name} = ${value}\``);
  found.push(
    diagnostic('HK8009', `${form} has no sysctls`, {
      help: `write into a file of /etc/sysctl.d: ${lines.join(', ')}`,
    }),
  );
}
