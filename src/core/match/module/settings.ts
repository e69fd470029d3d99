// The options that a match extension of iptables is given, as they are kept.

/** An option as it is set, its value in the words of iptables-save. */
export interface Setting {
  readonly option: string;
  readonly negated: boolean;
  readonly value: readonly string[];
}

/** All that one match is given. */
export type Settings = readonly Setting[];

/** Whether an option is set. */
export function has(settings: Settings, option: string): boolean {
  return settings.some((setting) => setting.option === option);
}

/** The first word behind an option, if it is set. */
export function wordOf(settings: Settings, option: string): string | undefined {
  return settings.find((setting) => setting.option === option)?.value[0];
}

/** The settings without those of an option that says what holds anyway. */
export function without(settings: Settings, option: string, value?: string): Settings {
  return settings.filter(
    (setting) =>
      setting.option !== option || setting.negated || (value !== undefined && setting.value[0] !== value),
  );
}

/** A setting that is not negated. */
export function plainSetting(option: string, ...value: readonly string[]): Setting {
  return { option, negated: false, value };
}
