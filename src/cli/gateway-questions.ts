// What `init nat-gateway` has to know: from flags, and on a terminal by questions for what they leave open.
import {
  type Answer,
  type Forward,
  readAddress,
  readForward,
  readInterface,
  readSubnet,
  readSubnet6,
  readWeight,
} from '../core/starter/answer.ts';
import { type GatewayAnswers, proposedHop, type Side } from '../core/starter/nat-gateway.ts';
import { type Asker, openAsker, type Question } from './ask.ts';
import { wrongUsage } from './failure.ts';

/** What was said on the command line; the first network is of the first interface, and so on. */
export interface Said {
  readonly inside: readonly string[];
  readonly insideNet: readonly string[];
  readonly insideNet6: readonly string[];
  readonly outside: readonly string[];
  readonly outsideAddress: readonly string[];
  readonly outsideAddress6: readonly string[];
  readonly via: readonly string[];
  readonly via6: readonly string[];
  readonly weight: readonly string[];
  readonly prefix: readonly string[];
  readonly forward: readonly string[];
}

/** The flags of one side, and its questions with the answers that are proposed. */
interface SideQuestions {
  readonly flag: string;
  readonly device: readonly [string, string];
  readonly more: string;
  readonly net: readonly [string, string];
  readonly net6: string;
}

const insideQuestions: SideQuestions = {
  flag: '--inside-net',
  device: ['Interface of the network inside', 'lan0'],
  more: 'Another interface inside (empty: no more)',
  net: ['network inside', '192.168.1.0/24'],
  net6: 'IPv6 network inside (empty: none)',
};

const outsideQuestions: SideQuestions = {
  flag: '--outside-address',
  device: ['Interface to the provider', 'wan0'],
  more: 'Interface to another provider (empty: no more)',
  net: ['public address with its network', '203.0.113.1/24'],
  net6: 'public IPv6 address with its network (empty: none)',
};

const forwardQuestion: Question<Forward | undefined> = {
  text: 'A port that leads inside, such as tcp:8080:192.168.1.2:80 (empty: no more)',
  proposal: '',
  read: optional(readForward),
};

/** Asks on a terminal where something is missing that has no default; what flags say is not asked. */
export async function answersOf(said: Said): Promise<GatewayAnswers> {
  const isComplete = said.inside.length > 0 && said.insideNet.length > 0 && said.outside.length > 0;
  if (isComplete) return readAnswers(said, undefined);
  if (!process.stdin.isTTY)
    throw wrongUsage(
      'it is not said what is inside and outside',
      'say `--inside`, `--inside-net` and `--outside`, or answer on a terminal',
    );
  const asker = openAsker();
  try {
    return await readAnswers(said, asker);
  } finally {
    asker.close();
  }
}

async function readAnswers(said: Said, asker: Asker | undefined): Promise<GatewayAnswers> {
  const none = { via: [], via6: [], weight: [], prefix: [] };
  const { inside, insideNet, insideNet6, outside, outsideAddress, outsideAddress6 } = said;
  const forInside = { ...none, device: inside, net: insideNet, net6: insideNet6 };
  const forOutside = { ...said, device: outside, net: outsideAddress, net6: outsideAddress6 };
  const insides = await readSides(asker, insideQuestions, forInside);
  return {
    insides,
    outsides: await readSides(asker, outsideQuestions, forOutside, insides),
    forwards: said.forward.length > 0 || !asker ? said.forward.map(readSaid) : await askForwards(asker),
  };
}

function readSaid(text: string): Forward {
  return demanded(readForward(text));
}

/** What flags say of one side, by interface. */
type SaidOfSide = Readonly<
  Record<'device' | 'net' | 'net6' | 'via' | 'via6' | 'weight' | 'prefix', readonly string[]>
>;

/** One interface after the other; an outside knows the insides. */
async function readSides(
  asker: Asker | undefined,
  questions: SideQuestions,
  said: SaidOfSide,
  insides?: readonly Side[],
): Promise<readonly Side[]> {
  const { device, net, net6, via, via6, weight, prefix } = said;
  const count = Math.max(...[device, net, net6, via, via6, weight, prefix].map((list) => list.length));
  const isShort = device.length < count || (net.length < count && (count > 1 || !insides));
  if (!asker && isShort)
    throw wrongUsage(
      `\`${questions.flag}\` and what belongs to it is said once for each interface`,
      helpOfFlags,
    );
  const sides: Side[] = [];
  const take = async (name: string): Promise<void> => {
    sides.push(await readSide(asker, questions, said, { name, at: sides.length, insides }));
  };
  const [text, proposal] = questions.device;
  const first = question(text, proposal, readInterface);
  while (sides.length < Math.max(1, count)) await take(await answer(asker, device[sides.length], first));
  if (count > 0 || !asker) return sides;
  const more = question(questions.more, '', optional(readInterface));
  for (let name = await asker.ask(more); name !== undefined; name = await asker.ask(more)) await take(name);
  return sides;
}

interface SidePlace {
  readonly name: string;
  readonly at: number;
  /** Of an outside. */
  readonly insides: readonly Side[] | undefined;
}

async function readSide(
  asker: Asker | undefined,
  { net: [text, proposal], net6: text6 }: SideQuestions,
  said: SaidOfSide,
  { name: device, at, insides }: SidePlace,
): Promise<Side> {
  const about = <T>(words: string, offer: string, read: (text: string) => Answer<T>): Question<T> =>
    question(`${device}: ${words}`, offer, read);
  const ownNet = about(text, at === 0 ? proposal : '', readSubnet);
  const net = await answer(asker, said.net[at], ownNet);
  const net6 = await answer(asker, said.net6[at], about(text6, '', optional(readSubnet6)));
  const side = { device, net, ...(net6 && { net6 }) };
  if (!insides) return side;
  const hop = about(
    `next hop at the provider (empty: ${proposedHop(net)} is assumed)`,
    '',
    optional(readAddress(4)),
  );
  const via = await answer(asker, said.via[at], hop);
  const hop6 =
    net6 && about(`next hop of IPv6 (empty: ${proposedHop(net6)} is assumed)`, '', optional(readAddress(6)));
  const via6 = hop6 && (await answer(asker, said.via6[at], hop6));
  const weightAsker = at > 0 ? asker : undefined;
  const weight = await answer(weightAsker, said.weight[at], about(weightText, '1', readWeight));
  const hasPrefix = net6 !== undefined && insides.some((inside) => inside.net6);
  const prefixQuestion = about(prefixText, '', optional(readSubnet6));
  const prefix = await answer(hasPrefix ? asker : undefined, said.prefix[at], prefixQuestion);
  return {
    ...side,
    weight,
    ...(via !== undefined && { via }),
    ...(via6 !== undefined && { via6 }),
    ...(prefix && { prefix }),
  };
}

const weightText = 'share of the connections beside the others';
const prefixText = 'prefix that IPv6 hosts inside get on the way out (empty: they keep their addresses)';

function question<T>(text: string, proposal: string, read: (text: string) => Answer<T>): Question<T> {
  return { text, proposal, read };
}

/** An empty answer is none. */
function optional<T>(read: (text: string) => Answer<T>): (text: string) => Answer<T | undefined> {
  return (text) => (text === '' || text === '-' ? { value: undefined } : read(text));
}

/** What was said, else what is answered, else what is proposed. */
async function answer<T>(asker: Asker | undefined, said: string | undefined, one: Question<T>): Promise<T> {
  if (said !== undefined || !asker) return demanded(one.read(said ?? one.proposal));
  return await asker.ask(one);
}

async function askForwards(asker: Asker): Promise<readonly Forward[]> {
  const forwards: Forward[] = [];
  for (;;) {
    const forward = await asker.ask(forwardQuestion);
    if (!forward) return forwards;
    forwards.push(forward);
  }
}

const helpOfFlags = '`hookline init nat-gateway --help` shows what it takes';

/** The value of an answer; what is none ends the command. */
export function demanded<T>(given: Answer<T>): T {
  if ('value' in given) return given.value;
  throw wrongUsage(given.problem, helpOfFlags);
}
