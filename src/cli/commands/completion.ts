import { command } from "../command.js";
import { Failure } from "../failure.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `portcullis completion`: a script that completes command lines. */
export const completion = command({
  summary: "Prints a script that completes commands in bash, zsh or fish.",
  positionals: [{ name: "shell", text: "bash, zsh or fish." }],
  flags: {
    install: { text: "Print only how to install it." },
  },
  examples: [
    [
      "portcullis completion bash >> ~/.bashrc",
      "Install it in bash; open a new shell afterwards. It completes portcullis, not npx portcullis.",
    ],
    ["portcullis completion zsh >> ~/.zshrc", "Install it in zsh, after the line with compinit."],
    ["portcullis completion fish > ~/.config/fish/completions/portcullis.fish", "Install it in fish."],
  ],

  async run({ install }, [shell = ""], { out }) {
    const [{ scriptOf, installLine }, { didYouMean }] = await Promise.all([
      import("../completion/scripts.js"),
      import("../../values/text.js"),
    ]);
    const found = SHELLS.find((one) => one === shell);
    if (found === undefined)
      throw new Failure(
        [`${JSON.stringify(shell)} is not a shell with completion. ${didYouMean(shell, SHELLS) || "Write bash, zsh or fish."}`],
        2,
      );
    out(install ? `${installLine(found)}\n` : await scriptOf(found));
    return 0;
  },
});
