import * as z from "zod/mini";
import type { Entry } from "./header.js";

/** The most bytes that one header's value may have, from 1 to 1048576. */
export type MaxBytes = number;

/** What holds where a policy does not say: Node takes as much of all headers together by default, and nginx less than half of it. */
export const DEFAULT_MAX_BYTES = 16_384;

/** The most that `maxBytes` may say. */
export const MOST = 1_048_576;

/** For a policy that has to be longer than servers and proxies take without being told. */
export const maxBytesSetting: Entry<MaxBytes> = {
  siteWide: true,
  value: () => z.int().check(z.positive(), z.lte(MOST)),
};
