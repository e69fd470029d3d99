// Numbers for people: with a unit, and no more digits than mean something.

/** `0`, `0.03`, `4.5`, `120`. */
export function numberText(value: number): string {
  if (value === 0 || Number.isInteger(value)) return String(value);
  if (value >= 100) return String(Math.round(value));
  return value >= 1 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}

/** `42%`, `0.3%`. */
export function percentText(share: number): string {
  const percent = 100 * share;
  if (percent === 0 || percent >= 99.95)
    return `${percent >= 99.95 && share < 1 ? '>99.9' : Math.round(percent)}%`;
  return percent < 0.1 ? '<0.1%' : `${percent.toFixed(1)}%`;
}

/** `none`, `1 in 3200`, `12%`. */
export function chanceText(chance: number): string {
  if (chance === 0) return 'none';
  if (chance >= 0.1) return percentText(chance);
  const many = Math.round(1 / chance);
  return many > 1e9 ? 'less than 1 in 10^9' : `1 in ${many}`;
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `3 d 4 h`, `12 min`, `30 s`: the two largest units. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return '0 s';
  const parts = units.slice(first, first + 2).map(([unit, size], at) => {
    const rest = at === 0 ? whole : whole % (units[first]?.[1] ?? 1);
    return [Math.floor(rest / size), unit] as const;
  });
  return parts
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ');
}
