import type { Link } from "./visit.js";

/** Words of what logs out, deletes or ends something, anywhere in an address or label. Without accents; several spellings of German. */
const WORDS = new Set(
  `logout logoff signout signoff delete remove destroy erase purge wipe trash discard unsubscribe deactivate disable revoke terminate
  invalidate cancel uninstall unregister disconnect shutdown reboot restart
  abmelden ausloggen loschen loeschen entfernen kundigen kuendigen stornieren zurucksetzen zuruecksetzen deaktivieren abbestellen verwerfen
  leeren widerrufen sperren abbrechen beenden austragen
  deconnexion deconnecter supprimer effacer retirer desabonner desinscrire annuler resilier desactiver vider revoquer reinitialiser detruire
  enlever bannir
  desconectar desconectarse salir eliminar borrar quitar suprimir cancelar anular desactivar vaciar revocar restablecer
  sair excluir apagar remover deletar desativar esvaziar revogar redefinir
  esci disconnetti disconnettersi elimina eliminare cancella cancellare rimuovi rimuovere annulla annullare disattiva disattivare svuota
  svuotare revoca revocare reimposta disiscriviti
  uitloggen afmelden verwijderen verwijder wissen annuleren opzeggen deactiveren leegmaken intrekken uitschrijven`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

/** Words that mean it only at the beginning of a label, of a segment of a path, or of a query's name or value: not drag-and-drop. */
const FIRST = new Set(["drop", "ban", "kill", "clear", "reset"]);

/** Words that mean it only as the whole of it: `/del/5`, but not "Historia del arte". */
const WHOLE = new Set(["del", "rm", "exit", "quit"]);

/** Words that mean it one after the other, with at most one word between them: "close your account". */
const PAIRS: readonly (readonly [first: string, second: RegExp])[] = [
  ["log", /^(?:out|off)$/],
  ["sign", /^(?:out|off)$/],
  ["shut", /^down$/],
  ["opt", /^out$/],
  ["end", /^(?:session|subscription|membership)$/],
  ["session", /^end$/],
  ["close", /^(?:account|session|ticket|issue|order)$/],
  ["empty", /^(?:cart|basket|bag|trash|bin)$/],
  ["block", /^(?:user|account)$/],
  ["leave", /^(?:group|team|organi[sz]ation)$/],
  ["cerrar", /^sesion$/],
  ["terminar", /^sessao$/],
  ["encerrar", /^sessao$/],
  ["dar", /^baja$/],
  ["darse", /^baja$/],
];

/** Words without a border in them: `/deleteuser`, `/wplogout`. Not `deleted`, `remover`, `eraser`. */
const COMPOUND =
  /^(?:(?:delete|remove|destroy|erase|unsubscribe|deactivate)(?!(?:d|s|r|rs|er|ers|ed|ing)?$)|.*(?:logout|logoff|signout|signoff|delete)$)/;

/** A label of more words is a headline, and no command: "Five ways to remove stains from an old wooden table". */
const MOST_WORDS = 8;

/** More of an address or label is not read. */
const LONGEST = 3_000;

/**
 * Returns the word by which a link looks as if it logged out, deleted or ended something; undefined where it does not. It compares whole
 * words: of the path, of the names and values of the query, and of each of its labels.
 */
export function unsafeWord({ href, label }: Link): string | undefined {
  const { pathname, searchParams } = new URL(href);
  const segments = pathname.slice(0, LONGEST).split("/").map(decoded);
  const labels = label.split("\n").map(wordsOf);
  const texts = [
    ...[...segments, ...[...searchParams].slice(0, 100).flat()].map(wordsOf),
    ...labels.filter(({ length }) => length <= MOST_WORDS),
  ];
  const path = segments.flatMap(wordsOf);
  const isSessionEnd = path.some((word, index) => /^sessions?$/.test(word) && path[index + 1] === "end");
  return texts.map(foundIn).find((word) => word !== undefined) ?? (isSessionEnd ? "session end" : undefined);
}

function foundIn(words: readonly string[]): string | undefined {
  const [first = ""] = words;
  if (FIRST.has(first) || (words.length === 1 && WHOLE.has(first))) return first;
  const single = words.find((word) => WORDS.has(word) || COMPOUND.test(word));
  if (single !== undefined) return single;
  for (const [index, word] of words.entries()) {
    const next = words.slice(index + 1, index + 3);
    const second = PAIRS.filter(([one]) => one === word).flatMap(([, other]) => next.filter((one) => other.test(one)))[0];
    if (second !== undefined) return `${word} ${second}`;
  }
  return undefined;
}

/** In lower case and without accents, split where a capital letter begins and at all that is not a letter. */
function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, LONGEST)
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1 ")
    .toLowerCase()
    .split(/\P{L}+/u)
    .filter((word) => word !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
