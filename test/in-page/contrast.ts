// Runs in a page, and so stands alone: how texts stand out from what is behind them.

/** Texts with less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
export function poorContrasts(): readonly string[] {
  const number = /[\d.]+/g;
  const channels = (color: string) => (color.match(number) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((value) =>
      value <= 10.3 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  return [
    ...document.querySelectorAll(
      'h1, h2, h3, p, td, th, dd, dt, li span, li strong, summary, .tag, svg text',
    ),
  ]
    .filter((element) => element.textContent?.trim() && element.checkVisibility())
    .flatMap((element) => {
      const style = getComputedStyle(element);
      const [ink, ground] = [
        luminance(element.tagName === 'text' ? style.fill : style.color),
        luminance(groundOf(element)),
      ];
      const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      return ratio < 4.5 ? [`${ratio.toFixed(1)}: ${element.textContent?.slice(0, 40)}`] : [];
    });
}

/** The colour of the page itself. */
export function groundColor(): string {
  return getComputedStyle(document.documentElement).backgroundColor;
}
