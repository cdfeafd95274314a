import { announce, byId, copy } from "./dom.js";
import { FIELDS, pack, type State, unpack } from "./share.js";

/** The texts and choices of the page. */
export interface Fields {
  readonly read: () => State;
  write(state: State): void;
  /** Moves the focus to the current tab. */
  focus(): void;
}

/** What a visitor writes, and would lose; tabs and lists are set again with a click. */
const WRITTEN = FIELDS.filter((name) => !["tab", "target", "format"].includes(name));

const isSame = (one: State, other: State) => WRITTEN.every((name) => one[name] === other[name]);

/**
 * Opens the link of the address, now and whenever the address changes. A link replaces what was written since the last one only when the
 * visitor says so.
 *
 * @returns copies a link to the page as it is.
 */
export function followLinks(fields: Fields): { readonly share: () => Promise<void> } {
  const [notice, offer] = [byId("notice"), byId("offer")];
  // What is not lost: the page has it by itself, or a link in the history of the browser has it.
  let kept = fields.read();
  let offered: State | undefined;
  let turn = 0;
  const show = (state: State) => {
    fields.write(state);
    kept = fields.read();
  };
  const ask = (state: State | undefined) => {
    offered = state;
    offer.hidden = state === undefined;
    byId("offer-text").textContent = state === undefined ? "" : "The link has other texts, and would replace what you wrote here.";
  };
  const open = async () => {
    turn += 1;
    const own = turn;
    notice.hidden = true;
    ask(undefined);
    const { hash } = location;
    // An anchor of the page is no state.
    if (hash.length < 2 || document.getElementById(hash.slice(1)) !== null) return;
    const found = await unpack(hash);
    if (own !== turn) return;
    const now = fields.read();
    if ("refused" in found) {
      notice.textContent = found.refused;
      notice.hidden = false;
    } else if (isSame(now, kept) || isSame(now, found.state)) show(found.state);
    else ask(found.state);
  };
  byId("offer-open").addEventListener("click", () => {
    if (offered !== undefined) show(offered);
    ask(undefined);
    fields.focus();
  });
  byId("offer-keep").addEventListener("click", () => {
    ask(undefined);
    history.replaceState(null, "", location.pathname + location.search);
    fields.focus();
  });
  addEventListener("hashchange", () => void open());
  void open();
  return {
    share: async () => {
      const state = fields.read();
      const fragment = await pack(state);
      if (fragment === undefined) return announce("This is too much text for a link. Shorten it, or copy the policy instead.");
      history.replaceState(null, "", fragment);
      kept = state;
      await copy(location.href, "Link copied. It has all texts of the page; they are not sent anywhere.");
    },
  };
}
