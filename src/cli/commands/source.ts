// `hookline source`: which source address a host picks for a destination, step by step.
import { type Address, formatAddress, parseAddress } from '../../core/datatype/address.ts';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { nearestName } from '../../core/diagnostic/meant.ts';
import { deleteAddress, type HostChange, takeDown } from '../../core/topology/address-change.ts';
import {
  explainSource,
  type SourceExplanation,
  type WeighedAddress,
} from '../../core/topology/explain-source.ts';
import type { Host, InterfaceAddress } from '../../core/topology/host.ts';
import { type AddCommand, examples, onOption } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { readHost } from '../hosts.ts';

export const addSource: AddCommand = (parent, run) =>
  parent
    .command('source')
    .description(
      'which source address a host picks for a destination, step by step; exits with 1 if it has none',
    )
    .argument('<host>', 'a policy file with a host block')
    .argument('<destination>', 'an address')
    .addOption(onOption)
    .option('--from <address>', 'the address that the program has bound its socket to')
    .option('--by <interface>', 'the interface that it has bound it to')
    .option(
      '--without <address>',
      'as it would be after `ip address del`; several are deleted in this order',
      collect,
      [],
    )
    .option('--down <interface>', 'as it would be after `ip link set … down`, which comes last', collect, [])
    .option('--mark <number>', 'the mark of the packet, which rules of routing may look at')
    .addHelpText(
      'after',
      examples(
        'hookline source gateway.hook 198.51.100.9',
        'hookline source gateway.hook 2001:db8::1 --by wan1',
        'hookline source gateway.hook 198.51.100.9 --without 203.0.113.1/24',
        'hookline source network.hook 10.0.0.7 --on branch --json',
      ),
    )
    .action(run((context, path, destination, words) => source(context, path, destination, words)));

interface SourceWords {
  readonly on?: string | undefined;
  readonly from?: string | undefined;
  readonly by?: string | undefined;
  readonly mark?: string | undefined;
  readonly without: readonly string[];
  readonly down: readonly string[];
}

async function source(
  context: Context,
  path: string,
  destination: string,
  { on, from, by, mark, without, down }: SourceWords,
): Promise<ExitCode> {
  const declared = await readHost(context, await readPolicy(context, path), { on });
  if (!declared)
    throw new Failure([
      diagnostic('HK0011', `\`${path}\` has no host`, { help: 'write a `host` block with its interfaces' }),
    ]);
  const { host, changes } = changed(declared, without, down);
  if (by !== undefined) demandInterface(host, by);
  const explained = explainSource(host, {
    destination: addressOf(destination),
    source: from === undefined ? undefined : addressOf(from),
    device: by,
    mark: mark === undefined ? undefined : numberOf(mark),
  });
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify(toJson(host.name, changes, explained))}\n`
      : written(changes, explained, out.paint),
  );
  return explained.chosen ? exitCode.done : exitCode.no;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function demandInterface(host: Host, name: string): void {
  const names = host.interfaces.map((one) => one.name);
  if (names.includes(name)) return;
  throw wrongUsage(
    `host \`${host.name}\` has no interface \`${name}\``,
    nearestName(name, names) ?? `it has ${names.join(', ')}`,
  );
}

/** A host that was changed, and what each change did. */
interface Changed {
  readonly host: Host;
  readonly changes: readonly string[];
}

function changed(declared: Host, without: readonly string[], down: readonly string[]): Changed {
  let [host, changes]: readonly [Host, readonly string[]] = [declared, []];
  const apply = (command: string, { host: next, effects }: HostChange): void => {
    host = next;
    changes = [...changes, `\`${command}\`${effects.length > 0 ? `: ${effects.join('; ')}` : ''}`];
  };
  for (const text of without) {
    const { device, entry } = demandAddress(host, text);
    const prefix = `${formatAddress(entry.address)}/${entry.prefixLength}`;
    apply(`ip address del ${prefix} dev ${device}`, deleteAddress(host, device, entry));
  }
  for (const name of down) {
    demandInterface(host, name);
    apply(`ip link set ${name} down`, takeDown(host, name));
  }
  return { host, changes };
}

/** `10.0.0.1`, or with its length where the host has it more than once. */
function demandAddress(
  host: Host,
  text: string,
): { readonly device: string; readonly entry: InterfaceAddress } {
  const [head = '', length] = text.split('/');
  const { family, value } = addressOf(head);
  const all = host.interfaces.flatMap(({ name, addresses }) =>
    addresses.map((entry) => ({ device: name, entry })),
  );
  const found = all.filter(
    ({ entry: { address, prefixLength } }) =>
      address.family === family &&
      address.value === value &&
      (length === undefined || length === `${prefixLength}`),
  );
  const [only, ...others] = found;
  if (!only) throw wrongUsage(`host \`${host.name}\` has no address \`${text}\``, 'name one of an interface');
  if (others.length === 0) return only;
  const places = found.map(({ device, entry }) => `${head}/${entry.prefixLength} on ${device}`);
  throw wrongUsage(`host \`${host.name}\` has \`${text}\` more than once`, `it has ${places.join(', ')}`);
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address) return address;
  throw wrongUsage(`\`${text}\` is no address`, 'write one of IPv4 or IPv6: `198.51.100.9`');
}

function numberOf(text: string): number {
  const value = Number(text);
  if (/^(?:0x[\da-f]{1,8}|\d{1,10})$/i.test(text) && value < 2 ** 32) return value;
  throw wrongUsage(`\`${text}\` is no mark`, 'write a number of 32 bits: `0x10`');
}

function written(
  changes: readonly string[],
  { steps, addresses, chosen, route }: SourceExplanation,
  paint: Context['out']['paint'],
): string {
  const lines = [...changes, ...steps].map((step, at) => `${at + 1}. ${step}`);
  const width = Math.max(0, ...addresses.map((one) => addressText(one).length));
  const weighed = addresses.map((one) => {
    const text = `   ${one.chosen ? '✓' : '·'} ${addressText(one).padEnd(width)}  ${one.why}`;
    return one.chosen ? paint('good', text) : text;
  });
  const { family } = route.flow;
  const answer = chosen ? formatAddress({ family, value: chosen.address }) : 'none';
  return `${[...lines, ...weighed, '', `source  ${paint('strong', answer)}`].join('\n')}\n`;
}

function addressText({ address, prefixLength, device }: WeighedAddress): string {
  return `${device} ${formatAddress(address)}/${prefixLength}`;
}

function toJson(
  host: string,
  changes: readonly string[],
  { chosen, route, steps, addresses }: SourceExplanation,
) {
  const { family, destination } = route.flow;
  const gateway = 'gateway' in route ? route.gateway : undefined;
  return {
    schema: 'hookline.source/1',
    host,
    destination: formatAddress({ family, value: destination }),
    source: chosen ? formatAddress({ family, value: chosen.address }) : null,
    ...(chosen && { why: chosen.why }),
    changes,
    route: route.kind,
    ...('device' in route && { device: route.device }),
    ...(gateway !== undefined && { gateway: formatAddress({ family, value: gateway }) }),
    steps,
    addresses: addresses.map(({ address, peer, ...one }) => ({
      address: formatAddress(address),
      ...(peer !== undefined && { peer: formatAddress({ family, value: peer }) }),
      ...one,
    })),
  };
}
