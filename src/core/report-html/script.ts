// The only script of the report: a click on the head of a column sorts its table. Without it all is there, unsorted.

/** The content of the script element. */
export const script = `
'use strict';
for (const table of document.querySelectorAll('table')) {
  const heads = [...table.querySelectorAll('th')];
  const body = table.querySelector('tbody');
  const shown = body.querySelectorAll('tr:not(.more)').length;
  heads.forEach((head, at) => {
    if (head.textContent === '') return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const isNumber = head.classList.contains('number');
      const now = head.getAttribute('aria-sort') ?? (isNumber ? 'ascending' : 'descending');
      const sign = now === 'ascending' ? -1 : 1;
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
      const keyOf = (row) => row.cells[at].dataset.key;
      const compare = isNumber
        ? (a, b) => Number(keyOf(a)) - Number(keyOf(b))
        : (a, b) => keyOf(a).localeCompare(keyOf(b), 'en', { numeric: true });
      const rows = [...body.rows].sort((a, b) => sign * compare(a, b));
      rows.forEach((row, place) => row.classList.toggle('more', place >= shown));
      body.append(...rows);
    });
  });
}
`;

/** By which the page knows this script from any other: its SHA-256, as Content Security Policy Level 3 writes it. */
export const scriptDigest = 'sha256-n5JcMXnhV7HB4i2THZN6essmwRdl/3GDxt/gsHCMph8=';
