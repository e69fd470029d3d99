// Numbers as people read them: counts with groups, short ones for pictures, bytes, shares.

/** `12,345`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** `1 connection`, `12,345 connections`. */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** At most four letters: `950`, `9.5k`, `12k`, `1.2M`. */
export function shortCount(count: number): string {
  return scaled(count, 1000, ['', 'k', 'M', 'G', 'T', 'P']);
}

/** `950 B`, `1.2 MiB`. */
export function bytesText(bytes: number): string {
  return scaled(bytes, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB']);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0];
  // What would be rounded up to the next unit is written in that.
  while (rounded(rest) >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${unit === 0 ? rest : rounded(rest)}${units[unit]}`;
}

/** With one decimal place below 10. */
function rounded(value: number): number {
  return value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
}

/** `37 %`; what is more than nothing is not `0 %`, and what is less than all is not `100 %`. */
export function shareText(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %';
  const percent = (part / whole) * 100;
  if (percent < 1) return '<1 %';
  return `${percent < 100 ? Math.min(99, Math.round(percent)) : Math.round(percent)} %`;
}
