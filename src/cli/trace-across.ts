// Packets followed through all the hosts of a network, and the answers to them.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import type { Policy } from '../core/ir/policy.ts';
import { type Journey, journeys, type NetworkState, travelIn } from '../core/network/journey.ts';
import { journeyToJson, translationsToJson } from '../core/network/journey-json.ts';
import { journeyLines } from '../core/network/journey-text.ts';
import { type Network, networkOf } from '../core/network/network.ts';
import { formatInjection } from '../core/packet/format.ts';
import type { Injection } from '../core/packet/packet.ts';
import { parsePacketSpec } from '../core/packet/spec.ts';
import { lineSpans, type Source, type Span, textOf } from '../core/text/source.ts';
import { requestProblems } from '../core/trace/request.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { demand, Failure, wrongUsage } from './failure.ts';
import { translationTable } from './report/translations.ts';

/** What the command line says. */
interface Options {
  readonly on?: string | undefined;
  readonly packets?: string | undefined;
  readonly sequence?: true | undefined;
}

/** A packet and the host that sends or gets it. */
interface Start {
  readonly host: string;
  readonly injection: Injection;
}

/** Follows each packet; in a sequence, each meets what those before have left behind at every host. */
export async function traceAcross(
  context: Context,
  policy: Policy,
  words: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const network = networkOf(policy);
  const starts = await readStarts(context, network, words, options);
  const travel = travelIn(network);
  let state: NetworkState = new Map();
  let now = 0;
  for (const { host, injection } of starts) {
    now += injection.after ?? 0;
    const found = journeys({ ...travel, now }, host, injection, options.sequence ? state : undefined);
    state = found[0]?.state ?? state;
    print(context, host, injection, found, starts.length > 1);
  }
  if (!context.json) context.out.write(translationTable(state, context.out.width));
  return exitCode.done;
}

async function readStarts(
  context: Context,
  network: Network,
  words: readonly string[],
  { packets, on }: Options,
): Promise<readonly Start[]> {
  if ((packets === undefined) === (words.length === 0))
    throw wrongUsage('say one PACKET or `--packets FILE`', "for example `'gw: in wan0 tcp …'`");
  if (packets === undefined)
    return [readStart(context, network, on, { name: '<packet>', text: words.join(' ') })];
  const source = demand(await context.read(packets), context.report);
  const spans = lineSpans(source).filter((span) => !/^\s*(#|$)/.test(textOf(span)));
  if (spans.length === 0) throw wrongUsage(`\`${packets}\` has no packets`);
  return spans.map((span) => readStart(context, network, on, source, span));
}

/** `HOST: in lan0 …`, or without the host what `--on` says. */
export function readStart(
  { report }: Context,
  network: Network,
  on: string | undefined,
  source: Source,
  { start, end }: Pick<Span, 'start' | 'end'> = { start: 0, end: source.text.length },
): Start {
  const [head = '', named] = /^\s*([\w.-]+):\s+/.exec(source.text.slice(start, end)) ?? [];
  const host = hostOf(network, named ?? on);
  const span = { source, start: start + head.length, end };
  const injection = demand(parsePacketSpec(source, span), report);
  const place = network.hosts.find((one) => one.host.name === host);
  const problems = place ? requestProblems({ ...place, injection }) : [];
  if (problems.length > 0) throw new Failure(problems);
  return { host, injection };
}

function hostOf({ hosts }: Network, name: string | undefined): string {
  const names = hosts.map(({ host }) => host.name);
  const [only, ...others] = names;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  if (name !== undefined && names.includes(name)) return name;
  const message = name === undefined ? 'the network has several hosts' : `there is no host \`${name}\``;
  const help =
    (name === undefined ? undefined : nearestName(name, names)) ?? `say which: \`--on ${only ?? 'NAME'}\``;
  throw new Failure([diagnostic('HK0011', message, { help })]);
}

function print(
  { out, json }: Context,
  host: string,
  injection: Injection,
  found: readonly Journey[],
  many: boolean,
): void {
  if (json) {
    const object = {
      schema: 'hookline.journey/1',
      host,
      packet: formatInjection(injection),
      ways: found.map(journeyToJson),
      translations: translationsToJson(found[0]?.state ?? new Map()),
    };
    out.write(`${JSON.stringify(object, null, many ? 0 : 2)}\n`);
    return;
  }
  out.write(`${out.paint('strong', 'packet')}  ${host}: ${formatInjection(injection)}\n`);
  for (const [at, one] of found.entries()) {
    const head = found.length > 1 ? `\n${out.paint('strong', `way ${at + 1}`)}\n` : '';
    out.write(`${head}${journeyLines(one, out.paint).join('\n')}\n`);
  }
  out.write('\n');
}
