// `npm run conformance -- FILE…`: the score of each file of cases, and what fails.
import { scoreLines } from './cases.ts';
import { runFile } from './formats.ts';

for (const file of process.argv.slice(2)) {
  const scores = runFile(file);
  if (scores.length === 0) process.stdout.write(`${file}: of no known format\n`);
  for (const { name, results } of scores)
    process.stdout.write(`${scoreLines(`${file} (${name})`, results).join('\n')}\n`);
}
