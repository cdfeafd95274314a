/** The methods used of a connected client of the package `redis`. */
export interface RedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** False while there is no connection: then no command is sent, and none is queued. */
  readonly isReady?: boolean;
}

/**
 * The client's `eval`, which rejects where Redis takes longer than `ms`. Redis may still run the command later; so that commands do not
 * pile up, none is sent until it has answered.
 */
export function withDeadline(client: RedisClient, ms: number): RedisClient["eval"] {
  let overdue = 0;
  return async (script, options) => {
    if (client.isReady === false) throw new Error("Redis is not connected");
    if (overdue > 0) throw new Error(`Redis has not answered for ${ms} ms or more; no command is sent until it does`);
    const answer = client.eval(script, options);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        overdue += 1;
        const answered = (): void => {
          overdue -= 1;
        };
        answer.then(answered, answered);
        reject(new Error(`Redis has not answered within ${ms} ms`));
      }, ms);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
}
