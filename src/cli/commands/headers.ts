import { command } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";

/** `portcullis headers`: what a policy sends. */
export const headers = command({
  summary: "Prints the headers of a policy.",
  positionals: [],
  flags: {
    policy: { value: "preset|file", many: true, text: "What to print; recommended unless told. Later ones lie on top." },
    nonce: { value: "base64", text: "What stands for the nonce, where the policy has one." },
    json: { text: "Prints an object of names and values." },
  },
  examples: [
    ["portcullis headers", "The headers of the preset recommended."],
    ["portcullis headers --policy strict --policy site.json --json", "What site.json makes of strict, as JSON."],
    [
      'portcullis headers --policy strictDynamic --nonce "$(openssl rand -base64 16)"',
      "A policy that has another nonce in every response.",
    ],
  ],
  tables: policyHelp,

  async run({ policy: words = [], nonce, json }, _words, terminal) {
    const [{ readPolicy }, { compiledOf, renderHeaders }] = await Promise.all([import("../policy.js"), import("../../policy/render.js")]);
    const policy = await readPolicy(words, terminal);
    const compiled = compiledOf(policy);
    if (compiled.hasNonce && nonce === undefined) {
      throw new Failure(['The policy has a nonce. Write --nonce <base64>, such as --nonce "$(openssl rand -base64 16)".'], 2);
    }
    if (!compiled.hasNonce && nonce !== undefined) throw new Failure(["The policy has no nonce, so that --nonce stands for nothing."], 2);
    const set = renderHeaders(policy, { nonce });
    const lines = Object.entries(set).map(([name, value]) => `${name}: ${value}\n`);
    terminal.out(json ? `${JSON.stringify(set, undefined, 2)}\n` : lines.join(""));
    return 0;
  },
});
