// The surfaces of a run: a reader that is slower than we are is waited for.
import { expect, test, vi } from 'vitest';
import { openTerminal } from '../../src/cli/terminal.ts';

test('output is drained at once unless the reader is behind', async () => {
  const behind = vi.spyOn(process.stdout, 'writableNeedDrain', 'get').mockReturnValue(false);
  const { out } = openTerminal('never');
  await out.drained();
  behind.mockReturnValue(true);
  const order: string[] = [];
  const drained = out.drained().then(() => order.push('went on'));
  await Promise.resolve();
  order.push('the reader took it');
  process.stdout.emit('drain');
  await drained;
  expect(order).toEqual(['the reader took it', 'went on']);
});
