// A program of a lab: asks all questions of standard input, many at once, and prints a line of JSON for each, with its
// number and what came of it.
import { text } from 'node:stream/consumers';
import { forgetNeighbours } from './neighbours.ts';
import { type Asking, ask, type Question, type RealAnswer } from './probe.ts';
import type { Task } from './probing.ts';
import { closeSocket, enterNamespace, poll } from './sockets.ts';

const { questions, patienceMs, width }: Task = JSON.parse(await text(process.stdin));

interface Waiting extends Asking {
  readonly at: number;
  readonly deadline: number;
}

const waiting = new Map<number, Waiting>();
let inside = '';

const namespaces = [...new Set(questions.map(({ namespace }) => namespace))];
/** So many questions make fewer neighbours than the machine has room for. */
const forgetful = 200;

for (const [at, question] of questions.entries()) {
  if (at % forgetful === forgetful - 1) forgetAll();
  while (waiting.size >= width) settle();
  begin(at, question);
}
while (waiting.size > 0) settle();

function begin(at: number, question: Question): void {
  enter(question.namespace);
  const asked = ask(question, (at % 65_535) + 1);
  if ('answered' in asked) tell(at, asked);
  else waiting.set(asked.fd, { ...asked, at, deadline: performance.now() + patienceMs });
}

function enter(namespace: string): void {
  if (namespace !== inside) enterNamespace(`/run/netns/${namespace}`);
  inside = namespace;
}

function forgetAll(): void {
  for (const namespace of namespaces) {
    enter(namespace);
    forgetNeighbours();
  }
}

/** Waits until something happens, and takes what has come and what came too late. */
function settle(): void {
  for (const fd of poll([...waiting.values()], 20)) {
    const one = waiting.get(fd);
    const answer = one?.look();
    if (one && answer) end(one, answer);
  }
  const now = performance.now();
  for (const one of waiting.values())
    if (one.deadline <= now) end(one, { answered: false, why: 'no answer' });
}

function end({ fd, at }: Waiting, answer: RealAnswer): void {
  waiting.delete(fd);
  closeSocket(fd);
  tell(at, answer);
}

function tell(at: number, answer: RealAnswer): void {
  process.stdout.write(`${JSON.stringify({ at, ...answer })}\n`);
}
