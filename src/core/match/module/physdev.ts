// `physdev`: the ports of a bridge that a packet came in and goes out by.
import type { BridgePorts } from '../../field/view.ts';
import type { EvaluationContext, Truth } from '../define.ts';
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { defineModuleMatch } from './define.ts';
import { type Setting, type Settings, wordOf } from './settings.ts';
import { anyText } from './value.ts';

const port = anyText(15);

export const physdevMatch = defineModuleMatch({
  module: 'physdev',
  summary: 'The ports of a bridge that the packet came in or goes out by.',
  options: [
    { option: '--physdev-is-in', word: 'is-in', negatable: true },
    { option: '--physdev-in', word: 'in', value: port, negatable: true },
    { option: '--physdev-is-out', word: 'is-out', negatable: true },
    { option: '--physdev-out', word: 'out', value: port, negatable: true },
    { option: '--physdev-is-bridged', word: 'is-bridged', negatable: true },
  ],
  needs: [['--physdev-is-in', '--physdev-in', '--physdev-is-out', '--physdev-out', '--physdev-is-bridged']],
  check: checkPorts,
  nft: 'nft sees the ports of a bridge only in tables of the family bridge, as `iifname` and `oifname`',
  // net/netfilter/xt_physdev.c: physdev_mt_check.
  misplaced: (settings, hook) =>
    hook === 'output' && settings.some(({ option }) => option.endsWith('out')) && !isOnlyBridged(settings)
      ? 'packets of this host have no port at `OUTPUT`'
      : undefined,
  needsBridgeFilter: true,
  truth: portsTruth,
  knowledge: 'host',
});

function isOnlyBridged(settings: Settings): boolean {
  return settings.some(({ option, negated }) => option === '--physdev-is-bridged' && !negated);
}

/**
 * net/netfilter/xt_physdev.c: physdev_mt. A packet that is no frame in a bridge has no ports: only what is negated
 * holds. A frame without a port to leave by is not bridged.
 */
function portsTruth(settings: Settings, { view: { ports } }: EvaluationContext): Truth {
  if (ports === undefined)
    return { result: 'unknown', why: 'by which ports of a bridge the packet goes is not known' };
  if (ports === 'none')
    return { result: settings.every(({ negated }) => negated), actual: 'no bridged frame' };
  const actual = `in ${ports.in}${ports.out === undefined ? '' : `, out ${ports.out}`}`;
  return { result: settings.every((one) => portHolds(one, ports)), actual };
}

function portHolds({ option, negated, value: [pattern = ''] }: Setting, ports: BridgePorts): boolean {
  switch (option) {
    case '--physdev-is-in':
      return !negated;
    case '--physdev-is-out':
    case '--physdev-is-bridged':
      return (ports.out !== undefined) !== negated;
    case '--physdev-in':
      return isPort(ports.in, pattern) !== negated;
    default:
      return ports.out !== undefined && isPort(ports.out, pattern) !== negated;
  }
}

/** A trailing `+` stands for any rest. */
function isPort(name: string, pattern: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function checkPorts(settings: Settings): Settings | Refusal {
  const names = [wordOf(settings, '--physdev-in'), wordOf(settings, '--physdev-out')];
  return names.includes('+') ? refuse('`+` alone stands for no port') : settings;
}
