// Exit codes, the same for every command.

/**
 * `done`: the answer is yes, or there is no question. `no`: done, and the answer is no. `failed`: could not be done.
 * A signal ends it as any program.
 */
export const exitCode = { done: 0, no: 1, failed: 2 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code of a program that was run for the user. */
export interface Passed {
  readonly passed: number;
}
