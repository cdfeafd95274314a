/** What ends where a handler failed: a connection, a request, a response. */
export interface Ending {
  destroy(): unknown;
}

/**
 * Makes of an event handler one that never throws: an error in a handler would end the process, and every visitor's connection with it.
 *
 * @param handler what is to be done.
 * @param endingOf what is destroyed where the handler throws; the error itself becomes a warning of the process.
 * @returns the handler to register.
 */
export function guarded<Args extends readonly unknown[]>(
  handler: (...args: Args) => void,
  endingOf: (...args: Args) => Ending | undefined,
): (...args: Args) => void {
  return (...args) => {
    try {
      handler(...args);
    } catch (error) {
      warn(error);
      try {
        endingOf(...args)?.destroy();
      } catch (second) {
        warn(second);
      }
    }
  };
}

/**
 * Calls a function of the user's that must not disturb the proxy.
 *
 * @param call what it throws, or what its promise is rejected with, becomes a warning of the process.
 */
export function undisturbed(call: () => unknown): void {
  try {
    Promise.resolve(call()).catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
