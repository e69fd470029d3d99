// Exit codes, the same for every command.

/**
 * `done`: the answer is yes, or there is no question. `no`: done, and the answer is no. `failed`: could not be done.
 * The others: 128 and the number of the signal that ended it.
 */
export const exitCode = { done: 0, no: 1, failed: 2, interrupted: 130, terminated: 143 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
