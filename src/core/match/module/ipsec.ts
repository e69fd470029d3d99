// `ah`, `esp`, `ipcomp`, `policy`: headers of IPsec, and whether a packet went or will go through it.
import type { Hook } from '../../hook/hook.ts';
import { protocolNumber } from '../../packet/packet.ts';
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { defineModuleMatch } from './define.ts';
import { authentication, indexOf } from './nft-header.ts';
import { ipsecPolicy } from './nft-routing.ts';
import { has, plainSetting, type Settings, without, wordOf } from './settings.ts';
import { maskedAddress, max32, number, numberRange, oneOf } from './value.ts';

const ipcomp = 108;
const allSpis = '0:4294967295';
const spis = numberRange({ max: max32 });
const unread = 'the packet given says nothing of its IPsec headers';

export const ahMatch = defineModuleMatch({
  module: 'ah',
  summary: 'The security parameters index of an AH header: `ah ahspi 500`.',
  options: [
    { option: '--ahspi', word: 'ahspi', value: spis, negatable: true },
    { option: '--ahlen', word: 'ahlen', value: number({ max: max32 }), negatable: true, family: 'ip6' },
    { option: '--ahres', word: 'ahres', family: 'ip6' },
  ],
  protocol: (_settings, family) => (family === 'ip' ? protocolNumber.ah : undefined),
  check: (settings) => without(settings, '--ahspi', allSpis),
  nft: authentication,
  truth: unread,
});

export const espMatch = defineModuleMatch({
  module: 'esp',
  summary: 'The security parameters index of an ESP header: `esp espspi 500`.',
  options: [{ option: '--espspi', word: 'espspi', value: spis, negatable: true }],
  protocol: () => protocolNumber.esp,
  check: (settings) => without(settings, '--espspi', allSpis),
  nft: (settings) => indexOf(settings, { header: 'esp', field: 'spi', most: 0xffffffff, transport: 'esp' }),
  truth: unread,
});

export const ipcompMatch = defineModuleMatch({
  module: 'ipcomp',
  summary: 'The compression parameter index of an IPComp header.',
  options: [
    { option: '--ipcompspi', word: 'ipcompspi', value: spis, negatable: true },
    { option: '--compres', word: 'compres' },
  ],
  protocol: () => ipcomp,
  check: (settings) => without(settings, '--ipcompspi', allSpis),
  nft: (settings) =>
    indexOf(without(settings, '--compres'), {
      header: 'comp',
      field: 'cpi',
      most: 0xffff,
      transport: 'comp',
    }),
  truth: unread,
});

const element = ['--reqid', '--spi', '--proto', '--mode', '--tunnel-dst', '--tunnel-src'];
const repeats = true;

export const policyMatch = defineModuleMatch({
  module: 'policy',
  summary: 'Whether IPsec applied, or will apply, to the packet: `policy dir in pol ipsec`.',
  options: [
    { option: '--dir', word: 'dir', value: oneOf('in', 'out') },
    { option: '--pol', word: 'pol', value: oneOf('none', 'ipsec') },
    { option: '--strict', word: 'strict' },
    { option: '--reqid', word: 'reqid', value: number({ max: max32 }), negatable: true, repeats },
    { option: '--spi', word: 'spi', value: number({ max: max32, hex: 1 }), negatable: true, repeats },
    { option: '--proto', word: 'proto', value: oneOf('ah', 'esp', 'ipcomp'), negatable: true, repeats },
    { option: '--mode', word: 'mode', value: oneOf('transport', 'tunnel'), negatable: true, repeats },
    { option: '--tunnel-dst', word: 'tunnel-dst', value: maskedAddress, negatable: true, repeats },
    { option: '--tunnel-src', word: 'tunnel-src', value: maskedAddress, negatable: true, repeats },
    { option: '--next', word: 'next', repeats },
  ],
  needs: [['--dir']],
  misplaced: misplacedPolicy,
  check: checkPolicy,
  nft: ipsecPolicy,
  truth: 'the packet given says nothing of IPsec',
});

/** net/netfilter/xt_policy.c: policy_mt_check. */
function misplacedPolicy(settings: Settings, hook: Hook): string | undefined {
  const wrong = { prerouting: 'out', input: 'out', output: 'in', postrouting: 'in' } as const;
  const refused = Object.entries(wrong).find(([name]) => name === hook)?.[1];
  if (refused === undefined || wordOf(settings, '--dir') !== refused) return undefined;
  return `\`--dir ${refused}\` can't stand in a chain at ${hook}`;
}

/** extensions/libxt_policy.c: policy_check. */
function checkPolicy(settings: Settings): Settings | Refusal {
  const head = settings.filter(({ option }) => !element.includes(option) && option !== '--next');
  if (!has(head, '--pol')) return checkPolicy([...settings, plainSetting('--pol', 'ipsec')]);
  // iptables prints nothing of the elements that it does not look at.
  const elements = wordOf(head, '--pol') === 'none' ? [] : elementsOf(settings);
  const problem = elements.map((one) => elementProblem(one, head, elements.length)).find((one) => one);
  if (problem) return problem;
  const next = { option: '--next', negated: false, value: [] };
  const sorted = elements.map((one) => one.toSorted((a, b) => rank(a) - rank(b)));
  const order = ['--dir', '--pol', '--strict'];
  return [
    ...head.toSorted((a, b) => order.indexOf(a.option) - order.indexOf(b.option)),
    ...sorted.flatMap((one, index) => (index === 0 ? one : [next, ...one])),
  ];
}

const rank = ({ option }: Settings[0]): number => element.indexOf(option);

function elementsOf(settings: Settings): readonly Settings[] {
  const elements: Settings[number][][] = [[]];
  for (const setting of settings) {
    if (setting.option === '--next') elements.push([]);
    else if (element.includes(setting.option)) elements.at(-1)?.push(setting);
  }
  return elements;
}

function elementProblem(one: Settings, head: Settings, count: number): Refusal | undefined {
  const strict = has(head, '--strict');
  if (count > 1 && !strict) return refuse('`--next` needs `--strict`');
  if (strict && one.length === 0) return refuse('an element of the policy is empty');
  if (one.some(({ option }, at) => one.findIndex((other) => other.option === option) < at))
    return refuse('an element of the policy says something twice');
  const isTunnel = has(one, '--tunnel-src') || has(one, '--tunnel-dst');
  return isTunnel && wordOf(one, '--mode') !== 'tunnel'
    ? refuse('`--tunnel-src` and `--tunnel-dst` need `--mode tunnel`')
    : undefined;
}
