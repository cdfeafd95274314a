import { Failure } from "../failure.js";

/** A promise with a time limit. Rejects with a {@link Failure}, exit code 2, where it is not settled within `seconds`. */
export async function within<T>(seconds: number, word: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure([`${word} could not be read within ${seconds} s.`], 2)), 1_000 * seconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
