// Modules of `-m` that the kernel takes in some chains and tables only (.hooks and .table of each struct xt_match).
import { knownModules } from './readers.ts';
import type { TargetPlace } from './targets.ts';

/**
 * Why the kernel refuses the words of a condition in this place; undefined where it takes them. As for targets, in a
 * user chain the hooks from which it is reached are not looked at.
 */
export function modulePlaceProblem(
  [flag, module = '']: readonly string[],
  { table, hook }: TargetPlace,
): string | undefined {
  if (flag !== '-m') return undefined;
  for (const { reader } of knownModules.get(module)?.readers ?? []) {
    const { hooks, tables } = reader.places ?? {};
    if (tables && !tables.includes(table))
      return `iptables has \`${module}\` in no table but ${tables.join(', ')}, and this is in ${table}`;
    if (hook && hooks && !hooks.includes(hook))
      return `iptables has \`${module}\` in no chain but ${hooks.join(', ').toUpperCase()}`;
  }
  return undefined;
}
