// Choosing among checked connections: `--only stale`.
import type { CheckedConnection } from './check.ts';
import { fitnessOf } from './fitness.ts';

/** What connections can be chosen by. */
export const choiceNames = [
  'admitted',
  'stale',
  'surviving',
  'cut',
  'depends',
  'drift',
  'half-open',
  'unreplied',
  'closing',
  'not-assured',
] as const;

export type Choice = (typeof choiceNames)[number];

/** What each means. */
export const choices: Readonly<Record<Choice, string>> = {
  admitted: 'the policy would admit them today',
  stale: 'it would not admit them today',
  surviving: 'stale, and their packets pass because they are known',
  cut: 'their packets do not pass today, though they are known',
  depends: 'that depends on what is not known',
  drift: 'translated otherwise than the nat rules say',
  'half-open': 'their handshake is not over',
  unreplied: 'nobody has answered',
  closing: 'closed, and waiting to be forgotten',
  'not-assured': 'established, and among the first that a full table gives up',
};

/** Whether a connection is one of those. */
export function isChosen(checked: CheckedConnection, choice: Choice): boolean {
  const { admission, survival, translation, entry } = checked;
  switch (choice) {
    case 'admitted':
    case 'stale':
    case 'depends':
      return admission === choice;
    case 'surviving':
      return admission === 'stale' && survival === 'passes';
    case 'cut':
      return survival === 'cut';
    case 'drift':
      return translation.verdict === 'drift';
    case 'half-open':
    case 'unreplied':
    case 'closing':
    case 'not-assured':
      return fitnessOf(entry) === choice;
  }
}
