// A call of the system that failed.
import { getSystemErrorMap } from 'node:util';

/** What this process asked the kernel for itself, and was refused. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** `EPERM`, `ENOENT` … */
  readonly code: string;

  /** `number` is that of asm-generic/errno.h. */
  constructor(what: string, number: number) {
    const [code = `error ${number}`, message = code] = getSystemErrorMap().get(-number) ?? [];
    super(`${what}: ${message}`);
    this.code = code;
  }
}
