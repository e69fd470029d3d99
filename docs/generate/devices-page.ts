// The page of all kinds of devices, from their registry.
import type { Setting } from '../../src/core/device/define.ts';
import { deviceKinds } from '../../src/core/device/registry.ts';

/** What stands behind the word of a setting. */
function valueText({ value }: Setting): string {
  if (value === 'flag') return '';
  if (value === 'inheritable') return ' NUMBER\\|inherit';
  return typeof value === 'string' ? ` ${value.toUpperCase()}` : ` ${value.join('\\|')}`;
}

/** The page, in Markdown. */
export function devicesPage(): string {
  const rows = [...deviceKinds.values()].map(({ kind, summary, settings, lower }) => {
    const words = settings.map((one) => `\`${one.word}${valueText(one)}\`${one.needed ? ' (needed)' : ''}`);
    const below = lower === 'none' ? [] : [`\`link DEVICE\`${lower === 'needed' ? ' (needed)' : ''}`];
    return `| \`${kind}\` | ${summary} | ${[...below, ...words].join(', ')} |`;
  });
  return `# Kinds of devices

Generated from the registry. An interface says what it is by \`type KIND\` and words of ip-link(8), in any order. A
\`wireguard\` has lines \`peer [endpoint ADDRESS:PORT] allowed-ips NETWORK, …\` beside that.

| kind | what it is | its words |
| --- | --- | --- |
${rows.join('\n')}
`;
}
