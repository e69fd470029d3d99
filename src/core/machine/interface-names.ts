// Rules that compare the interface with a name that no packet has there: the ports of bridges.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { namedInterfaces, type PlacedRule, placedRules } from './placed-rules.ts';

/** A warning for each name of each rule that is such on the host. */
export function misnamedInterfaces(ruleSet: RuleSet, host: Host): readonly Diagnostic[] {
  return placedRules(ruleSet).flatMap((placed) =>
    namedInterfaces(placed).flatMap((name) => {
      const problem = portProblem(name, placed, host);
      const { span } = placed.rule;
      return problem === undefined
        ? []
        : [diagnostic('HK6125', `on host \`${host.name}\` ${problem.message}`, { span, help: problem.help })];
    }),
  );
}

interface Problem {
  readonly message: string;
  readonly help: string;
}

/** What a bridge passes up to IP came by the bridge (net/bridge/br_input.c: br_pass_frame_up). */
function portProblem(name: string, { hooks }: PlacedRule, { interfaces }: Host): Problem | undefined {
  const master = interfaces.find((one) => one.name === name)?.master;
  const isBridge = interfaces.find((one) => one.name === master)?.type?.kind === 'bridge';
  if (master === undefined || !isBridge || hooks.has('ingress')) return undefined;
  return {
    message: `\`${name}\` is a port of \`${master}\`: rules of IP see \`${master}\``,
    help: `name \`${master}\`, or write the rule into a table of bridge`,
  };
}
