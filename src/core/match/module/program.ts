// `bpf`, `u32`, `string`: a packet's bytes, looked at by a program or for a text.
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { byteLength } from '../quote.ts';
import { defineModuleMatch } from './define.ts';
import { bytesCompared } from './nft-u32.ts';
import { type Settings, without } from './settings.ts';
import { parseU32 } from './u32.ts';
import { anyText, max16, number, oneOf, oneWord, parseInteger } from './value.ts';

/** Instructions of classic BPF: their number, then `code jt jf k` of each. */
const bytecode = oneWord('a BPF program of at most 64 instructions', (word) => {
  const [count = '', ...instructions] = word.split(',');
  if (Number(count) !== instructions.length || instructions.length === 0 || instructions.length > 64)
    return undefined;
  const sound = instructions.every((one) => /^ *\d+ +\d+ +\d+ +\d+ *$/.test(one));
  return sound
    ? [count, ...instructions.map((one) => one.trim().replaceAll(/ +/g, ' '))].join(',')
    : undefined;
});

export const bpfMatch = defineModuleMatch({
  module: 'bpf',
  summary: 'A BPF program that looks at the packet.',
  options: [
    { option: '--bytecode', word: 'bytecode', value: bytecode },
    { option: '--object-pinned', word: 'object-pinned', value: anyText(512) },
  ],
  needs: [['--bytecode', '--object-pinned']],
  excludes: [['--bytecode', '--object-pinned']],
  nft: 'nft runs no BPF programs',
  truth: 'the BPF program is not run',
});

export const u32Match = defineModuleMatch({
  module: 'u32',
  summary: 'Comparisons of four bytes at a time, anywhere in the packet: `u32 "0x6&0xff=0x1"`.',
  options: [{ option: '--u32', word: '', value: oneWord('a u32 expression', parseU32), negatable: true }],
  needs: [['--u32']],
  nft: ([one], place) => bytesCompared(one?.value[0] ?? '', one?.negated === true, place),
  truth: 'the packet given is not looked at byte by byte',
});

/** include/uapi/linux/netfilter/xt_string.h: XT_STRING_MAX_PATTERN_SIZE. */
const patternLimit = 128;

/** Runs of two hexadecimal digits between `|`, anything else as it stands. */
const hexPattern = oneWord(`a pattern such as "|0d 0a|" of at most ${patternLimit} bytes`, (word) => {
  const bytes = bytesOf(word);
  return bytes && bytes.length > 0 && bytes.length <= patternLimit ? spellBytes(bytes) : undefined;
});

function bytesOf(word: string): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const [at, part] of word.split('|').entries()) {
    if (at % 2 === 0) bytes.push(...Array.from(part, (character) => character.charCodeAt(0)));
    else if (!/^ *(?:[0-9a-fA-F]{2} *)*$/.test(part)) return undefined;
    else bytes.push(...(part.match(/[0-9a-fA-F]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  }
  return word.split('|').length % 2 === 1 ? bytes : undefined;
}

/** extensions/libxt_string.c: is_hex_string. */
function spellBytes(bytes: readonly number[]): string {
  const plain = bytes.every((byte) => byte >= 32 && byte < 127) && bytes.at(-1) !== 92;
  if (plain) return String.fromCharCode(...bytes);
  return `|${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}|`;
}

export const stringMatch = defineModuleMatch({
  module: 'string',
  summary: 'A text or bytes anywhere in the packet: `string string "GET" algo bm`.',
  options: [
    { option: '--string', word: 'string', value: anyText(patternLimit), negatable: true },
    { option: '--hex-string', word: 'hex-string', value: hexPattern, negatable: true },
    { option: '--algo', word: 'algo', value: oneOf('bm', 'kmp') },
    { option: '--from', word: 'from', value: number({ max: max16 }) },
    { option: '--to', word: 'to', value: number({ max: max16 }) },
    { option: '--icase', word: 'icase' },
  ],
  needs: [['--string', '--hex-string'], ['--algo']],
  excludes: [['--string', '--hex-string']],
  check: checkString,
  nft: 'nft searches no text in packets',
  truth: 'the payload of the packet is not searched',
});

/** Bytes that are all printable are printed as a text, whatever they were given as. */
function checkString(settings: Settings): Settings | Refusal {
  const [from = '0', to = '65535'] = ['--from', '--to'].map(
    (name) => settings.find(({ option }) => option === name)?.value[0],
  );
  if ((parseInteger(from, max16) ?? 0n) > (parseInteger(to, max16) ?? max16))
    return refuse('the search ends before it begins');
  const shown = without(without(settings, '--from', '0'), '--to', '65535');
  return shown.map((setting) => {
    const [word = ''] = setting.value;
    if (setting.option === '--hex-string' && !/^\|(?:[0-9a-f]{2})+\|$/.test(word))
      return { ...setting, option: '--string' };
    if (setting.option === '--string' && (word.endsWith('\\') || byteLength(word) !== word.length))
      return { ...setting, option: '--hex-string', value: [hexOf(word)] };
    return setting;
  });
}

function hexOf(word: string): string {
  const bytes = utf8(word).map((byte) => byte.toString(16).padStart(2, '0'));
  return `|${bytes.join('')}|`;
}

function utf8(word: string): readonly number[] {
  return [...encodeURIComponent(word).matchAll(/%([0-9A-F]{2})|(.)/g)].map(([, pair, character = '']) =>
    pair === undefined ? character.charCodeAt(0) : Number.parseInt(pair, 16),
  );
}
