// Makes an input smaller as long as it fails in the same way: leaves out ever smaller parts of it.
import type { Input } from './input.ts';
import type { Asker } from './watch.ts';

/** What makes two failures the same. */
export function signatureOf(problem: string): string {
  return problem
    .replace(/`[^`]*`/g, '`…`')
    .split('\n')
    .slice(0, 2)
    .join('\n');
}

const mostQuestions = 400;
/** A hang costs the whole patience each time. */
const mostHangs = 6;

/** The smallest input that was found to have the same problem. */
export async function minimise(input: Input, problem: string, asker: Asker): Promise<Input> {
  const wanted = signatureOf(problem);
  const questions = { left: wanted.startsWith('hang') ? mostHangs : mostQuestions };
  const fails = async (bytes: Uint8Array): Promise<boolean> => {
    questions.left--;
    const found = await asker.problemOf({ ...input, bytes });
    return found !== undefined && signatureOf(found) === wanted;
  };
  let { bytes } = input;
  for (let size = bytes.length >> 1; size > 0 && questions.left > 0; size >>= 1) {
    for (let at = 0; at < bytes.length && questions.left > 0; ) {
      const without = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + size)]);
      if (await fails(without)) bytes = without;
      else at += size;
    }
  }
  return { ...input, bytes };
}
