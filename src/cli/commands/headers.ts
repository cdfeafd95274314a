import { command, configFlags } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";

/** `portcullis headers`: the headers that a policy sends. */
export const headers = command({
  summary: "Prints the headers of a policy.",
  positionals: [{ name: "policy", text: "A preset or policy file. Later ones override earlier ones.", many: true, optional: true }],
  flags: {
    policy: {
      value: "preset|file",
      many: true,
      default: "recommended",
      text: "The same, after the arguments.",
    },
    nonce: { value: "base64", text: "The nonce to print, for a policy that has one." },
    json: { text: "Print an object of names and values." },
    ...configFlags,
  },
  config: { policy: "default" },
  examples: [
    ["portcullis headers strict", "Print the headers of the preset strict."],
    ["portcullis headers", "Print those of the policy in portcullis.config, or of the preset recommended."],
    ["portcullis headers strict site.json --json", "Print the headers of strict with the changes of site.json, as JSON."],
    ['portcullis headers strictDynamic --nonce "$(openssl rand -base64 16)"', "Print a policy that has a new nonce in every response."],
  ],
  tables: policyHelp,

  async run({ policy: words = [], nonce, json }, _words, terminal) {
    const [{ readOnePolicy }, { compiledOf, renderHeaders }] = await Promise.all([
      import("../policies.js"),
      import("../../policy/render.js"),
    ]);
    const policy = await readOnePolicy(words, terminal);
    const compiled = compiledOf(policy);
    if (compiled.hasNonce && nonce === undefined) {
      throw new Failure(['The policy has a nonce. Write --nonce <base64>, such as --nonce "$(openssl rand -base64 16)".'], 2);
    }
    if (!compiled.hasNonce && nonce !== undefined) throw new Failure(["--nonce: the policy has no nonce."], 2);
    const set = renderHeaders(policy, { nonce });
    const lines = Object.entries(set).map(([name, value]) => `${name}: ${value}\n`);
    terminal.out(json ? `${JSON.stringify(set, undefined, 2)}\n` : lines.join(""));
    return 0;
  },
});
