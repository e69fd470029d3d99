// Runs in a page, and so stands alone: where each line of text is, and what is wrong with its place.

/** Text over text, and text outside of its picture, cell or page, as the page is shown now. */
export function misplacedTexts(): readonly string[] {
  interface Piece {
    readonly words: string;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly holder: Element;
  }
  /** Letters have some air in their boxes. */
  const air = 2;
  const isForEarsOnly = (element: Element | null): boolean =>
    element !== null &&
    (getComputedStyle(element).clipPath !== 'none' || isForEarsOnly(element.parentElement));
  const found: string[] = [];
  const pieces: Piece[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    const words = node.textContent?.trim() ?? '';
    if (!holder || words === '' || holder.closest('title, script')) continue;
    if (!holder.checkVisibility() || isForEarsOnly(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects())
      if (right - left > 1) pieces.push({ words: words.slice(0, 40), left, right, top, bottom, holder });
  }
  for (const { words, left, right, top, bottom, holder } of pieces) {
    if (left < 0 || right > window.innerWidth + 1) found.push(`outside of the page: ${words}`);
    const box = holder.closest('svg, td, th, li, figure')?.getBoundingClientRect();
    if (!box) continue;
    if (left < box.left - 1 || right > box.right + 1 || top < box.top - air || bottom > box.bottom + air)
      found.push(`outside of its ${holder.closest('svg, td, th, li')?.tagName}: ${words}`);
  }
  const sorted = pieces.toSorted((a, b) => a.top - b.top);
  sorted.forEach((one, at) => {
    for (let next = at + 1; next < sorted.length; next++) {
      const other = sorted[next];
      if (!other || other.top >= one.bottom - 2 * air) break;
      if (other.left < one.right - air && one.left < other.right - air)
        found.push(`${one.words} | lies on | ${other.words}`);
    }
  });
  if (document.documentElement.scrollWidth > window.innerWidth) found.push('the page scrolls sideways');
  return found;
}
