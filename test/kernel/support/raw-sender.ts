// Sends IP packets as they are, from inside a namespace: reads them as hexadecimal lines on standard input.
import { text } from 'node:stream/consumers';
import { openRawSocket, openRawSocket6, sendRaw, sendRaw6 } from '../../../src/host/kernel/libc.ts';

const [four, six] = [openRawSocket(), openRawSocket6()];
for (const line of (await text(process.stdin)).split('\n').filter(Boolean)) {
  const packet = Buffer.from(line, 'hex');
  const isSix = (packet[0] ?? 0) >> 4 === 6;
  if (isSix) sendRaw6(six, packet);
  else sendRaw(four, packet);
}
