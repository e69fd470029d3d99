// The options of MARK and CONNMARK, which several statements read (extensions/libxt_MARK.c, libxt_CONNMARK.c).
import { type GivenOption, isRefusal, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { clash, type MaskedWord, negation, numberWord, parseMaskedWord, wordOf } from './option-words.ts';

const allBits = 0xffffffffn;

/** Options that set a mark from itself. */
export const setOptions: Readonly<Record<string, number>> = {
  '--set-xmark': 1,
  '--set-mark': 1,
  '--and-mark': 1,
  '--or-mark': 1,
  '--xor-mark': 1,
};

/** All options of CONNMARK. */
export const connmarkOptions: Readonly<Record<string, number>> = {
  ...setOptions,
  '--save-mark': 0,
  '--restore-mark': 0,
  '--nfmask': 1,
  '--ctmask': 1,
  '--mask': 1,
  '--left-shift-mark': 1,
  '--right-shift-mark': 1,
};

/** `(old & ~mask) ^ value`. */
export function readSetMark(given: readonly GivenOption[]): MaskedWord | Refusal | undefined {
  const [only] = given.filter(({ option }) => Object.hasOwn(setOptions, option));
  const wrong = clash(given, Object.keys(setOptions)) ?? negation(given);
  if (!only || wrong) return wrong;
  const [text = ''] = only.words;
  if (only.option === '--set-xmark' || only.option === '--set-mark') {
    const read = parseMaskedWord(text, allBits);
    if (!read) return refuse(`\`${only.option}\` takes \`value/mask\`, not \`${text}\``);
    return only.option === '--set-mark' ? { value: read.value, mask: read.mask | read.value } : read;
  }
  const value = numberWord(only.option, text, allBits);
  return isRefusal(value) ? value : maskedBy(only.option, value);
}

function maskedBy(option: string, value: bigint): MaskedWord {
  if (option === '--and-mark') return { value: 0n, mask: allBits & ~value };
  return { value, mask: option === '--or-mark' ? value : 0n };
}

/** A whole CONNMARK; shifts count to the left, negative ones to the right. */
export interface Connmark {
  readonly action: 'set' | 'save' | 'restore';
  /** Bits that are flipped into the connection's mark, where it is set. */
  readonly value: bigint;
  readonly ctmask: bigint;
  readonly nfmask: bigint;
  readonly shift: bigint;
}

/** What CONNMARK does with the options. */
export function readConnmark(given: readonly GivenOption[]): Connmark | Refusal {
  const wrong =
    negation(given) ??
    clash(given, [...Object.keys(setOptions), '--save-mark', '--restore-mark']) ??
    clash(given, ['--mask', '--nfmask']) ??
    clash(given, ['--mask', '--ctmask']) ??
    clash(given, ['--left-shift-mark', '--right-shift-mark']);
  const shift = wrong ?? readShift(given);
  if (isRefusal(shift)) return shift;
  const set = readSetMark(given);
  if (set && isRefusal(set)) return set;
  if (set) return { action: 'set', value: set.value, ctmask: set.mask, nfmask: 0n, shift };
  const action = given.some(({ option }) => option === '--save-mark') ? 'save' : 'restore';
  if (action === 'restore' && !given.some(({ option }) => option === '--restore-mark'))
    return refuse('`CONNMARK` needs an operation');
  return readMasks(given, action, shift);
}

function readMasks(
  given: readonly GivenOption[],
  action: 'save' | 'restore',
  shift: bigint,
): Connmark | Refusal {
  const [both, nfmask, ctmask] = ['--mask', '--nfmask', '--ctmask'].map((option) => {
    const text = wordOf(given, option);
    return text === undefined ? undefined : numberWord(option, text, allBits);
  });
  for (const mask of [both, nfmask, ctmask]) if (mask !== undefined && isRefusal(mask)) return mask;
  const maskOr = (mask: bigint | Refusal | undefined): bigint =>
    typeof mask === 'bigint' ? mask : typeof both === 'bigint' ? both : allBits;
  return { action, value: 0n, nfmask: maskOr(nfmask), ctmask: maskOr(ctmask), shift };
}

function readShift(given: readonly GivenOption[]): bigint | Refusal {
  const found = given.find(({ option }) => option.endsWith('-shift-mark'));
  if (!found) return 0n;
  const bits = numberWord(found.option, found.words[0] ?? '', 32n);
  return isRefusal(bits) || found.option === '--left-shift-mark' ? bits : -bits;
}
