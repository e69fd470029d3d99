// Kinds of devices in configuration files: values of their settings, as the kinds define them.
import type { DeviceKind, Setting } from '../device/define.ts';
import type { DeviceType, SettingValue } from '../device/device.ts';
import { complain, type HostDraft } from './draft.ts';
import { addressOf, deviceOf, numberOf, refuse } from './value.ts';
import type { Word } from './word.ts';

/** Reads the value of a setting. */
export function settingOf(word: Word, { value }: Setting, draft: HostDraft): SettingValue | undefined {
  switch (value) {
    case 'flag':
      return true;
    case 'number':
      return numberOf(yesNo(word), draft);
    case 'inheritable':
      return word.text === 'inherit' ? 'inherit' : numberOf(word, draft);
    case 'address':
      return addressOf(word, draft);
    case 'device':
      return deviceOf(word, draft);
    default:
      return oneOf(word, value, draft);
  }
}

/** Switches of some formats are numbers of the kernel. */
function yesNo(word: Word): Word {
  if (/^(?:yes|true|on)$/i.test(word.text)) return { ...word, text: '1' };
  return /^(?:no|false|off)$/i.test(word.text) ? { ...word, text: '0' } : word;
}

function oneOf(word: Word, words: readonly string[], draft: HostDraft): string | undefined {
  const found = words.find((one) => one.toLowerCase() === word.text.toLowerCase());
  return found ?? refuse(draft, word, `one of ${words.join(', ')}`);
}

/** The device without what is the default; undefined, after a report, if something is missing that it needs. */
export function deviceType(
  kind: DeviceKind,
  { settings, ...rest }: Omit<DeviceType, 'kind'>,
  draft: HostDraft,
  { text, span }: Word,
): DeviceType | undefined {
  const missing = kind.settings.find(({ word, needed }) => needed && settings[word] === undefined)?.word;
  const lacks = missing ?? (kind.lower === 'needed' && !rest.lower ? 'the device below it' : undefined);
  if (lacks !== undefined) {
    const message = `that \`${text}\` is a ${kind.kind} is left out: ${lacks} is not said`;
    return complain(draft, 'HK8004', message, span);
  }
  const said = Object.entries(settings).filter(
    ([word, value]) => kind.settings.find((one) => one.word === word)?.default !== value,
  );
  return { kind: kind.kind, ...rest, settings: Object.fromEntries(said) };
}
