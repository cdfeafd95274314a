import { access, constants, stat } from "node:fs/promises";
import { dirname, extname } from "node:path";
import type { Policy } from "../../policy/policy.js";
import { isNonce, isPerRequest } from "../../values/slots.js";
import { oneOf } from "../../values/text.js";
import { usage } from "../arguments.js";
import { Failure } from "../failure.js";
import { checkFree, writeFiles } from "../files.js";
import { jsonOf, moduleOf } from "../policy-text.js";
import { schemaAddress } from "../schema-address.js";
import type { Terminal } from "../terminal.js";

/** The files that a recording writes. */
export interface Outputs {
  readonly out?: string | undefined;
  readonly report?: string | undefined;
  readonly force?: boolean | undefined;
}

const POLICY_NAMES = [".json", ".mjs", ".js", ".ts", ".mts"];
const REPORT_NAMES = [".html", ".htm"];

/**
 * Checks before a walk that its results can be written.
 *
 * @param policy the policy that is observed: its nonce would be in the proposal too.
 * @throws {Failure} with all mistakes.
 */
export async function checkOutputs({ out, report, force }: Outputs, policy: Policy, command: string): Promise<void> {
  const files = [
    ["--out", out, POLICY_NAMES],
    ["--report", report, REPORT_NAMES],
  ] as const;
  const named = files.flatMap(([flag, file, names]) =>
    file === undefined || names.includes(extname(file).toLowerCase())
      ? []
      : [`${flag}: the name ${file} does not end in ${oneOf(names).replaceAll('"', "")}.`],
  );
  if (named.length > 0) throw usage(named, command);
  if (out !== undefined) refuseSlots(out, policy);
  const wrong = await Promise.all(files.map(async ([flag, file]) => (file === undefined ? [] : faultsOf(flag, file))));
  if (wrong.flat().length > 0) throw new Failure(wrong.flat());
  await checkFree([out, report], force === true);
}

/** What keeps a file from being written; an existing file may be overwritten. */
async function faultsOf(flag: string, file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const [parent, target] = await Promise.all([statusOf(folder), statusOf(file)]);
  if (parent === undefined) return [`${flag}: ${file} cannot be written: the folder ${folder} does not exist.`];
  if (!parent.isDirectory()) return [`${flag}: ${file} cannot be written: ${folder} is not a folder.`];
  if (target?.isDirectory()) return [`${flag}: ${file} is a folder.`];
  const isWritable = await canWrite(target === undefined ? folder : file);
  return isWritable ? [] : [`${flag}: ${file} cannot be written: it is not permitted.`];
}

const statusOf = (path: string) => stat(path).catch(() => undefined);

async function canWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A policy file holds no functions, and a JSON file no nonce. */
function refuseSlots(file: string, { layers }: Policy): void {
  if (layers.some((layer) => contains(layer, isPerRequest))) {
    throw new Failure([
      `--out: ${file}: the policy has a function (perRequest), which no file can hold. Record without it, and add it later.`,
    ]);
  }
  if (isJson(file) && layers.some((layer) => contains(layer, isNonce))) throw new Failure([nonceFault(file)]);
}

const isJson = (file: string) => extname(file).toLowerCase() === ".json";

const nonceFault = (file: string) =>
  `--out: ${file}: the policy has a nonce, which JSON cannot represent. Write --out ${file.slice(0, -".json".length)}.mjs.`;

function contains(value: unknown, test: (one: unknown) => boolean): boolean {
  if (typeof value !== "object" || value === null) return false;
  return test(value) || Object.values(value).some((one) => contains(one, test));
}

/** Writes a policy file. Where that fails, prints the policy on stderr, so that a long walk is not lost; returns whether it is written. */
export async function writePolicy(file: string, policy: Policy, force: boolean, terminal: Terminal): Promise<boolean> {
  const written = { policy, routes: [] };
  const asModule = () => moduleOf(written, "Written by portcullis record.");
  try {
    if (isJson(file) && policy.layers.some((layer) => contains(layer, isNonce))) throw new Failure([nonceFault(file)]);
    const text = isJson(file) ? jsonOf(written, schemaAddress(dirname(file))) : asModule();
    await writeFiles("", [{ path: file, text }], force);
    terminal.say(`wrote ${file}`);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    for (const line of error.lines) terminal.fail(line);
    terminal.say("This is the policy:");
    for (const line of asModule().trimEnd().split("\n")) terminal.say(line);
    return false;
  }
}
