/** Adds a button to each block of code that copies it; of a console session, the commands only. */
export function addCopyButtons(): void {
  for (const block of document.querySelectorAll<HTMLElement>(".code")) {
    const code = block.querySelector("code")?.textContent ?? "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the code");
    button.addEventListener("click", () => {
      void copy(block.dataset["language"] === "console" ? commandsOf(code) : code).then((text) => say(button, text));
    });
    block.append(button);
  }
}

/** Copies a text. There is no clipboard on a page over http, and the browser may refuse. */
async function copy(text: string): Promise<"Copied" | "Not copied"> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "Not copied";
  }
}

function commandsOf(session: string): string {
  const commands = session.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
  return commands.length === 0 ? session : commands.join("\n");
}

function say(button: HTMLButtonElement, text: string): void {
  const live = document.querySelector("#announcements");
  if (live !== null) live.textContent = text;
  button.textContent = text;
  setTimeout(() => {
    button.textContent = "Copy";
    if (live !== null) live.textContent = "";
  }, 2_000);
}
