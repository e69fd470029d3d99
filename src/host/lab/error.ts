// Why something about a lab can't be done.

/** Its message and its help are for the user. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}
