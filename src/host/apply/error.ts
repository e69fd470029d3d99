// Why a change of this machine's rules is not made, or did not succeed.

/**
 * `refused`: nothing was changed, on purpose. `failed`: something of this machine did not do its work; what is in force is said.
 * `state`: what is noted of earlier changes can't be trusted or read.
 */
export type ApplyFailure = 'refused' | 'failed' | 'state';

/** Its message and its help are for the user. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
  readonly kind: ApplyFailure;
  readonly help: string;

  constructor(kind: ApplyFailure, message: string, help: string) {
    super(message);
    this.kind = kind;
    this.help = help;
  }
}
