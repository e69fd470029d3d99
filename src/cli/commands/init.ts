// `hookline init`: a policy to begin with.
import { stat } from 'node:fs/promises';
import { diagnostic, hasErrors } from '../../core/diagnostic/diagnostic.ts';
import { loadPolicy } from '../../core/load.ts';
import { runTests } from '../../core/policy-test/run.ts';
import {
  type Answer,
  type Forward,
  readForward,
  readInterface,
  readSubnet,
} from '../../core/starter/answer.ts';
import { type GatewayAnswers, natGatewayPolicy } from '../../core/starter/nat-gateway.ts';
import { formatPolicy } from '../../core/syntax/format.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type Asker, openAsker, type Question } from '../ask.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten, Failure, wrongUsage } from '../failure.ts';

export const addInitNatGateway: AddCommand = (parent, run) =>
  parent
    .command('nat-gateway')
    .description('write the policy of a NAT gateway, with its tests; on a terminal it asks what is not said')
    .option('--inside <interface>', 'the interface of the network inside')
    .option('--inside-net <network>', 'that network, or the address of the gateway in it: 192.168.1.1/24')
    .option('--outside <interface>', 'the interface to the provider')
    .option('--outside-address <address>', 'the public address with its network (default: 203.0.113.1/24)')
    .option(
      '--forward <forward>',
      'ports that lead inside: tcp:8080:192.168.1.2:80, udp:5000-5100:192.168.1.3; several times',
      (forward: string, forwards: readonly string[]) => [...forwards, forward],
      [],
    )
    .option('-o, --output <file>', 'where to write it; `-` is stdout', 'policy.hook')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      examples(
        'hookline init nat-gateway',
        'hookline init nat-gateway --inside lan0 --inside-net 192.168.1.0/24 --outside wan0 -o -',
      ),
    )
    .action(run((context, options) => initNatGateway(context, options)));

/** What was said on the command line. */
interface Said {
  readonly inside?: string | undefined;
  readonly insideNet?: string | undefined;
  readonly outside?: string | undefined;
  readonly outsideAddress?: string | undefined;
  readonly forward: readonly string[];
  readonly output: string;
  readonly force?: true | undefined;
}

async function initNatGateway(context: Context, said: Said): Promise<ExitCode> {
  const { output, force } = said;
  if (!force && output !== '-') await demandFree(output);
  const text = checkedPolicy(await answersOf(said));
  if (output === '-') context.out.write(text);
  else {
    demandWritten(await writeFiles([{ path: output, text }]));
    context.err.write(`${output}\n`);
  }
  return exitCode.done;
}

async function demandFree(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const help = 'name another one with `-o FILE`, or replace it with `--force`';
  throw new Failure([diagnostic('HK0021', `\`${path}\` is there already`, { help })]);
}

const questions = {
  inside: { text: 'Interface of the network inside', proposal: 'lan0', read: readInterface },
  insideNet: { text: 'Network inside', proposal: '192.168.1.0/24', read: readSubnet },
  outside: { text: 'Interface to the provider', proposal: 'wan0', read: readInterface },
  outsideAddress: { text: 'Public address with its network', proposal: '203.0.113.1/24', read: readSubnet },
} as const;

const forwardQuestion: Question<Forward | undefined> = {
  text: 'A port that leads inside, such as tcp:8080:192.168.1.2:80 (empty: no more)',
  proposal: '',
  read: (text) => (text === '' ? { value: undefined } : readForward(text)),
};

/** Asks on a terminal where something is missing that has no default. */
async function answersOf(said: Said): Promise<GatewayAnswers> {
  const isComplete = [said.inside, said.insideNet, said.outside].every((one) => one !== undefined);
  if (isComplete) return answersWith(said, undefined);
  if (!process.stdin.isTTY)
    throw wrongUsage(
      'it is not said what is inside and outside',
      'say `--inside`, `--inside-net` and `--outside`, or answer on a terminal',
    );
  const asker = openAsker();
  try {
    return await answersWith(said, asker);
  } finally {
    asker.close();
  }
}

async function answersWith(said: Said, asker: Asker | undefined): Promise<GatewayAnswers> {
  const answer = async <T>(text: string | undefined, question: Question<T>): Promise<T> =>
    text === undefined && asker ? asker.ask(question) : demanded(question.read(text ?? question.proposal));
  return {
    inside: await answer(said.inside, questions.inside),
    insideNet: await answer(said.insideNet, questions.insideNet),
    outside: await answer(said.outside, questions.outside),
    outsideNet: await answer(said.outsideAddress, questions.outsideAddress),
    forwards: [
      ...said.forward.map((one) => demanded(readForward(one))),
      ...(asker && said.forward.length === 0 ? await askForwards(asker) : []),
    ],
  };
}

async function askForwards(asker: Asker): Promise<readonly Forward[]> {
  const forwards: Forward[] = [];
  for (;;) {
    const forward = await asker.ask(forwardQuestion);
    if (!forward) return forwards;
    forwards.push(forward);
  }
}

function demanded<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  throw wrongUsage(answer.problem, '`hookline init nat-gateway --help` shows what it takes');
}

/** In its layout; what is handed out is a policy that passes its own tests. */
function checkedPolicy(answers: GatewayAnswers): string {
  const source = { name: 'policy.hook', text: demanded(natGatewayPolicy(answers)) };
  const text = demand(formatPolicy(source), () => {});
  const { value, diagnostics } = loadPolicy({ ...source, text }, 'hook');
  if (!value || hasErrors(diagnostics)) throw new Failure(diagnostics);
  const failed = runTests(value).find(({ passed }) => !passed);
  if (failed)
    throw wrongUsage(
      `with these answers the test \`${failed.test.title}\` fails`,
      "choose networks and ports that do not get into each other's way",
    );
  return text;
}
