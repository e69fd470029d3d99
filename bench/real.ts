// A real rule set, where the conformance data is there: the backbone of a university, with 2,807 rules.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../shared/conformance/semantics-closures.jsonl', import.meta.url));

/** As `iptables-restore` reads it: whoever published it blotted out the hardware addresses. Throws where it is not there. */
export function realBackbone(): string {
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  const read: unknown = JSON.parse(line);
  if (typeof read !== 'object' || read === null || !('save_text' in read))
    throw new Error(`${file} has no dump`);
  let number = 0;
  return String(read.save_text).replaceAll(/(?:XX:){5}XX/g, () => {
    number++;
    return `02:00:00:00:${hex(number >> 8)}:${hex(number & 255)}`;
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
