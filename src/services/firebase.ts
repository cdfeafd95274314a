import { textThat } from "../values/schema.js";
import type { ServiceNeeds } from "./needs.js";
import { flag, host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link firebase}. */
export interface FirebaseOptions {
  /** The `authDomain` of the configuration, for signing in by a popup or a redirect: `"example.firebaseapp.com"`. */
  readonly authDomain?: string | undefined;
  /** Cloud Firestore. Default: false. */
  readonly firestore?: boolean | undefined;
  /** The host of the Realtime Database: `"example-default-rtdb.firebaseio.com"`. */
  readonly database?: string | undefined;
  /** Cloud Storage, with its images. Default: false. */
  readonly storage?: boolean | undefined;
  /** Cloud Messaging. Default: false. */
  readonly messaging?: boolean | undefined;
  /** The SDK comes from www.gstatic.com. Default: false, it is part of the site's scripts. */
  readonly cdn?: boolean | undefined;
}

/** A name below the domain that the wildcard is for, and of a region where there is one. */
const DATABASE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)?\.(?:firebaseio\.com|firebasedatabase\.app)$/i;

/**
 * Firebase Authentication, and the other products of the web SDK as options.
 *
 * @param options see {@link FirebaseOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const firebase = recipe<FirebaseOptions>(
  {
    name: "firebase",
    title: "Firebase",
    category: "sign-in",
    evidence: "secondary",
    pages: [
      "https://github.com/firebase/firebase-js-sdk/blob/main/packages/auth/src/core/auth/auth_impl.ts",
      "https://github.com/firebase/firebase-js-sdk/blob/main/packages/auth/src/platform_browser/iframe/gapi.ts",
      "https://github.com/firebase/firebase-js-sdk/blob/main/packages/auth/src/platform_browser/iframe/iframe.ts",
      "https://github.com/firebase/firebase-js-sdk/blob/main/packages/firestore/src/lite-api/settings.ts",
      "https://github.com/firebase/firebase-js-sdk/blob/main/packages/database/src/core/RepoInfo.ts",
      "https://github.com/firebase/firebase-js-sdk/issues/6467",
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/Firebase.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/authentication/firebase-auth.ts",
      "https://github.com/ag-grid/ag-grid/pull/13997",
    ],
    checked: "2026-11-26",
    hosts: [
      "identitytoolkit.googleapis.com",
      "securetoken.googleapis.com",
      "firestore.googleapis.com",
      "firebasestorage.googleapis.com",
      "fcmregistrations.googleapis.com",
      "firebaseinstallations.googleapis.com",
      "firebaseapp.com",
      "firebaseio.com",
      "firebasedatabase.app",
      "www.gstatic.com/firebasejs/",
    ],
    tenants: ["firebaseapp.com", "firebaseio.com", "firebasedatabase.app", "firebasestorage.googleapis.com/"],
    nonce: "With cdn, the <script> tags of https://www.gstatic.com/firebasejs/; otherwise none.",
    notes: [
      "Signing in by a number of a telephone, and App Check, need recaptcha() beside it; Analytics needs googleAnalytics().",
      "Cloud Functions have a host of their own for each project, which is not in this recipe.",
      "The servers of the Realtime Database have names that change, so that the wildcard is needed: it includes databases of others.",
      "Where WebSockets do not work, the Realtime Database asks by scripts from these servers: this recipe does not allow that.",
    ],
  },
  () => ({
    authDomain: host("example.firebaseapp.com"),
    firestore: flag(),
    database: textThat(
      (text) => DATABASE.test(text),
      'a host of a database such as "example-default-rtdb.firebaseio.com", without https:// and without a path',
    ),
    storage: flag(),
    messaging: flag(),
    cdn: flag(),
  }),
  ({ authDomain, firestore, database, storage, messaging, cdn }) => ({
    csp: {
      scriptSrc: [...(authDomain ? ["https://apis.google.com"] : []), ...(cdn ? ["https://www.gstatic.com/firebasejs/"] : [])],
      imgSrc: storage ? ["https://firebasestorage.googleapis.com"] : [],
      connectSrc: [
        ...googleApis("identitytoolkit", "securetoken"),
        ...(firestore ? googleApis("firestore") : []),
        ...(database ? [`wss://*.${database.slice(database.indexOf(".") + 1)}`] : []),
        ...(storage ? googleApis("firebasestorage") : []),
        ...(messaging ? googleApis("fcmregistrations", "firebaseinstallations") : []),
      ],
      frameSrc: authDomain ? [`https://${authDomain}`] : [],
      workerSrc: messaging ? ["self"] : [],
    },
    ...isolation(authDomain !== undefined, storage),
  }),
);

function googleApis(...names: readonly string[]): string[] {
  return names.map((name) => `https://${name}.googleapis.com`);
}

/** What signing in by a popup, and images without a CORP header, need of the page's isolation. */
function isolation(popup: boolean, storage: boolean | undefined): Omit<ServiceNeeds, "csp"> {
  if (popup) return { crossOriginOpenerPolicy: "same-origin-allow-popups", crossOriginEmbedderPolicy: "unsafe-none" };
  return storage ? { crossOriginEmbedderPolicy: "credentialless" } : {};
}
