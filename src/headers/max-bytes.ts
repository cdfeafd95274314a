import * as z from "zod/mini";
import { expecting } from "../values/schema.js";
import type { Entry } from "./header.js";

/** The most bytes that one header's value may have, from 1 to 1048576. */
export type MaxBytes = number;

/** The default: as much as Node reads of all headers together by default; nginx reads less than half of it. */
export const DEFAULT_MAX_BYTES = 16_384;

/** The highest value of `maxBytes`. */
export const MOST = 1_048_576;

/** For a policy that is longer than servers and proxies accept by default. */
export const maxBytesSetting: Entry<MaxBytes> = {
  siteWide: true,
  example: "32768",
  value: () => {
    const words = expecting(`a number of bytes from 1 to ${MOST}`, "Write a whole number such as 32768.");
    return z.int(words).check(z.gte(1, words), z.lte(MOST, words));
  },
};
