// The options of a module in the language: `recent ! update seconds 60 name "ssh"`.
import { quote } from '../quote.ts';
import type { TermReader } from '../reader.ts';
import type { ModuleOption, ValueKind } from './define.ts';
import type { Setting, Settings } from './settings.ts';

/** Reads the options behind a key, each at most once; stops where none of them follows. */
export function readSettings(
  reader: TermReader,
  key: string,
  options: readonly ModuleOption[],
): Settings | undefined {
  const [only] = options;
  if (only?.word === '') return readOnly(reader, only);
  const settings: Setting[] = [];
  let free = options;
  while (!reader.atEnd) {
    const negated = reader.mark('!');
    const word = reader.word(...free.map((option) => option.word));
    const option = free.find((one) => one.word === word);
    if (!option) return negated ? reader.fail('HK3009', `no option of \`${key}\` follows \`!\``) : settings;
    const value = readValue(reader, option.value);
    if (!value) return undefined;
    settings.push({ option: option.option, negated, value });
    if (!option.repeats) free = free.filter((one) => one !== option);
  }
  return settings;
}

function readOnly(reader: TermReader, { option, value: kind }: ModuleOption): Settings | undefined {
  const negated = reader.mark('!');
  const value = readValue(reader, kind);
  return value && [{ option, negated, value }];
}

function readValue(reader: TermReader, kind: ValueKind | undefined): readonly string[] | undefined {
  const words: string[] = [];
  while (words.length < (kind?.words ?? 0)) {
    const word = reader.literal(kind?.label ?? 'a value');
    if (word === undefined) return undefined;
    words.push(word);
  }
  return words;
}

/** Writes what readSettings reads. */
export function writeSettings(key: string, settings: Settings, options: readonly ModuleOption[]): string {
  const parts = settings.flatMap((setting) => {
    const option = options.find((one) => one.option === setting.option);
    const word = option?.word ? [option.word] : [];
    const value = setting.value.map((text) => writeWord(text, option?.value?.names === true));
    return [...(setting.negated ? ['!'] : []), ...word, ...value];
  });
  return [key, ...parts].join(' ');
}

function writeWord(text: string, isName: boolean): string {
  const bare = isName ? /^(?:[A-Za-z_][A-Za-z0-9_.-]*|\d+|0x[0-9a-f]+)$/ : /^(?:\d+|0x[0-9a-f]+)$/;
  return bare.test(text) ? text : quote(text);
}
