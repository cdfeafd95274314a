import { PolicyError } from "../src/index.js";

/** What a call that must fail says: `path: message. hint`, an issue a line. */
export function issuesOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.issues.map(({ path, message, hint }) => `${path}: ${message}. ${hint}`);
  }
  throw new Error("expected a PolicyError, and nothing was thrown");
}

/** The message of the PolicyError that a call throws; `"nothing was thrown"` of one that works. Any other error is passed on. */
export function faultOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  return "nothing was thrown";
}
