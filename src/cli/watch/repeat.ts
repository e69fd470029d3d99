// Work in small pieces between everything else.

/** Does the work again and again, until the result is called; the work says after how many milliseconds. */
export function repeat(work: () => number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const again = () => {
    timer = setTimeout(again, work());
  };
  again();
  return () => clearTimeout(timer);
}
