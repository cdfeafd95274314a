import { describe, expect, it } from "vitest";
import { unsafeWord } from "../../src/record/unsafe-links.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, notesOf, pathsOf, servePages, walkOver } from "./walking.js";

describe("a link is not followed", () => {
  it.each([
    ["/logout", "logout"],
    ["/users/logout.php", "logout"],
    ["/log-out", "log out"],
    ["/log_off", "log off"],
    ["/doLogout", "logout"],
    ["/doLogOut", "log out"],
    ["/wp-login.php?action=logout", "logout"],
    ["/wplogout", "wplogout"],
    ["/SignOut", "sign out"],
    ["/auth/signoff", "signoff"],
    ["/session/end", "session end"],
    ["/sessions/end", "session end"],
    ["/endSession", "end session"],
    ["/deleteUser/5", "delete"],
    ["/deleteuser/5", "deleteuser"],
    ["/users/5/DELETE", "delete"],
    ["/userDelete.do", "delete"],
    ["/items?delete=5", "delete"],
    ["/items/5?_method=delete", "delete"],
    ["/removeItem?x=1", "remove"],
    ["/cart/remove_item", "remove"],
    ["/posts/5/trash", "trash"],
    ["/erase", "erase"],
    ["/drop?table=x", "drop"],
    ["/dropTable", "drop"],
    ["/u/5/ban", "ban"],
    ["/close-account", "close account"],
    ["/empty-cart", "empty cart"],
    ["/newsletter/unsubscribe?token=x", "unsubscribe"],
    ["/account/deactivate", "deactivate"],
    ["/subscription/cancel", "cancel"],
    ["/orders/5/cancel", "cancel"],
    ["/tokens/5/revoke", "revoke"],
    ["/terminate", "terminate"],
    ["/reset", "reset"],
    ["/cache/purge", "purge"],
    ["/records/5/destroy", "destroy"],
    ["/del/5", "del"],
    ["/exit", "exit"],
    ["/abmelden", "abmelden"],
    ["/l%C3%B6schen/5", "loschen"],
    ["/konto-loeschen", "loeschen"],
    ["/deconnexion", "deconnexion"],
    ["/cerrar-sesion", "cerrar sesion"],
    ["/uitloggen", "uitloggen"],
  ])("to %s", (path, word) => {
    expect(unsafeWord({ href: `https://site.example${path}`, label: "" })).toBe(word);
  });

  it.each([
    ["Log out", "log out"],
    ["Sign Out", "sign out"],
    ["Delete", "delete"],
    ["Remove from basket", "remove"],
    ["Close your account", "close account"],
    ["Empty my cart", "empty cart"],
    ["Ban", "ban"],
    ["Drop", "drop"],
    ["Clear all", "clear"],
    ["Cancel subscription", "cancel"],
    ["×\nDelete", "delete"],
    ["Konto löschen", "loschen"],
    ["Kündigen", "kundigen"],
    ["Warenkorb leeren", "leeren"],
    ["Se déconnecter", "deconnecter"],
    ["Supprimer", "supprimer"],
    ["Cerrar sesión", "cerrar sesion"],
    ["Eliminar", "eliminar"],
    ["Borrar", "borrar"],
    ["Darse de baja", "darse baja"],
    ["Dar de baja", "dar baja"],
    ["Sair", "sair"],
    ["Excluir conta", "excluir"],
    ["Terminar sessão", "terminar sessao"],
    ["Esci", "esci"],
    ["Rimuovi", "rimuovi"],
    ["Uitloggen", "uitloggen"],
    ["Verwijderen", "verwijderen"],
  ])("that says %s", (label, word) => {
    expect(unsafeWord({ href: "https://site.example/5", label })).toBe(word);
  });
});

describe("a link is followed", () => {
  it.each([
    "/",
    "/blog/outline",
    "/blog/out",
    "/catalog",
    "/catalogue/out-of-print",
    "/deleted-scenes",
    "/removed",
    "/eraser",
    "/destroyers",
    "/dropdown",
    "/drag-and-drop",
    "/urban",
    "/banana",
    "/banner",
    "/empty-states",
    "/close-up",
    "/cancellation-policy",
    "/presets",
    "/css-reset",
    "/crystal-clear",
    "/to-kill-a-mockingbird",
    "/exit-survey",
    "/login",
    "/sign-up",
    "/session/5",
    "/weekend/session",
    "/trashcan-reviews",
    "/obsolete",
    "/search?q=lamp",
    "/%E0%A4%A",
  ])("to %s", (path) => {
    expect(unsafeWord({ href: `https://site.example${path}`, label: "" })).toBeUndefined();
  });

  it.each([
    "Catalogue",
    "Historia del arte",
    "Deleted scenes",
    "Sign up",
    "Log in",
    "Blog",
    "Outlet",
    "Widerrufsbelehrung",
    "Close-ups",
    "Five ways to remove stains from an old wooden table",
  ])("that says %s", (label) => {
    expect(unsafeWord({ href: "https://site.example/5", label })).toBeUndefined();
  });
});

describe.skipIf(skipWithout("links that are not followed", [CHROMIUM]))("a walk", () => {
  it("reads what a link is called by its pictures and labels, and notes what it does not follow", async () => {
    const { port, asked } = await servePages({
      "/": `<a href=/a><img alt=Delete src=data:,></a> <a href=/b aria-label="Log out">x</a> <a href=/c title="Cancel order">x</a>
        <a href=/d aria-labelledby=q>&#215;</a><span id=q>Remove</span> <a href=/e data-method=delete>x</a>
        <a href=/f?id=secret><svg aria-label=Trash></svg></a> <a href=/good>Outline</a>`,
      "/good": "good",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /", "200 /good"]);
    expect(asked).toEqual(["GET localhost/", "GET localhost/good"]);
    expect(notesOf(walked)).toEqual([
      "6 links were not followed, since they may log out, delete or end something: http://localhost/a (delete), http://localhost/b (log out), http://localhost/c (cancel), http://localhost/d (remove), http://localhost/e (delete) and 1 more. If one only shows a page, write --start with its address.",
    ]);
  });
});
