// The host that a test or assertion is about.
import type { Policy } from '../ir/policy.ts';
import type { Host } from '../topology/host.ts';

/** The host of that name, else the policy's only one, else none. */
export function hostOf({ hosts }: Policy, { host }: { readonly host?: string }): Host | undefined {
  if (host !== undefined) return hosts.find((one) => one.name === host);
  return hosts.length === 1 ? hosts[0] : undefined;
}
