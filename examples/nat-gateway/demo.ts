// The main job on this folder's policy, as a user would do it: compile, trace three packets, test, check connections.
import { fileURLToPath } from 'node:url';
import { exitCode } from '../../src/cli/exit.ts';
import { runProgram } from '../../src/cli/program.ts';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));

const commands: readonly (readonly string[])[] = [
  ['check', 'policy.hook'],
  ['compile', 'policy.hook', '--to', 'iptables'],
  ['compile', 'policy.hook', '--to', 'nft'],
  ['trace', 'policy.hook', 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn'],
  ['trace', 'policy.hook', 'in lan0 tcp 10.0.0.5:51000 -> 198.51.100.7:443 syn'],
  ['trace', 'policy.hook', 'in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:22 syn'],
  ['test', 'policy.hook'],
  ['conntrack', 'check', 'policy.hook', 'conntrack.txt'],
];

for (const words of commands) {
  const shown = words.map((word) => (/[ >]/.test(word) ? `'${word}'` : word)).join(' ');
  process.stdout.write(`\n$ hookline ${shown}\n`);
  const ended = await runProgram(['node', 'hookline', ...words]);
  if (ended !== exitCode.done) process.exitCode = ended;
}
