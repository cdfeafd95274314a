/** What is destroyed when a handler throws: a connection, a request, a response. */
export interface Ending {
  destroy(): unknown;
}

/**
 * Wraps an event handler so that it never throws: an error in a handler would end the process with all connections.
 *
 * @param handler may throw.
 * @param endingOf returns what is destroyed if the handler throws; the error becomes a warning of the process.
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
 * Calls a function of the user without letting it fail the proxy.
 *
 * @param call an error that it throws, or with which its promise rejects, becomes a warning of the process.
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
