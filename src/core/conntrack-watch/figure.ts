// Small pictures of letters: how full something is, and how something went.

const steps = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** So many columns, as many of them full as the share says; a little is seen of anything that is not nothing. */
export function gauge(share: number, width: number): { readonly full: string; readonly empty: string } {
  const full = Math.min(width, share <= 0 ? 0 : Math.max(1, Math.round(share * width)));
  return { full: '█'.repeat(full), empty: '░'.repeat(width - full) };
}

/** A column for each of the last values, the highest as high as a line. */
export function sparkline(values: readonly number[], width: number): string {
  const last = width > 0 ? values.slice(-width) : [];
  const highest = Math.max(...last, 0);
  return last.map((value) => (highest === 0 ? steps[0] : stepOf(value / highest))).join('');
}

function stepOf(share: number): string {
  return steps[Math.min(steps.length - 1, Math.floor(share * steps.length))] ?? steps[0];
}

/** `0`, `0.4`, `12`, `1,234`: a rate with as many places as mean something. */
export function rateText(rate: number): string {
  return rate > 0 && rate < 9.95 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** `3s`, `12m`, `5h`, `2d`. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)}m`;
  return seconds < 360_000 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
