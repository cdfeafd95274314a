import type { Browser } from "playwright-core";

/** What the DevTools protocol says of a paused request or response; its id is added. */
export interface PausedEvent {
  readonly frameId: string;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly postData?: string };
  readonly resourceType: string;
  readonly responseStatusCode?: number | undefined;
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
  readonly responseErrorReason?: string;
}

/** A command of the protocol, and its parameters without the id of the request. */
export type Sent = readonly [method: string, params: object];

/** The DevTools protocol of a browser that does not exist. */
export interface FakeProtocol {
  readonly browser: Browser;
  /** Opens a session: of the browser, or of a page, which answers some commands itself. */
  newSession(answers?: Answers): Promise<object>;
  /** Pauses a request or response; returns how the code under test has answered it. */
  pause(event: PausedEvent): Promise<Sent>;
  /** Every command so far. */
  readonly sent: readonly Sent[];
  /** The parts of the bodies that are read next. */
  readonly bodies: string[];
  /** Sessions that were opened and ended. */
  opened(): number;
  detached(): number;
}

/** What commands return, by their names. */
export type Answers = Readonly<Record<string, () => object>>;

const ANSWERS = ["Fetch.continueRequest", "Fetch.continueResponse", "Fetch.fulfillRequest", "Fetch.failRequest"];

/** @param all what other commands return. */
export function fakeProtocol(all: Answers = {}): FakeProtocol {
  const sent: Sent[] = [];
  const bodies: string[] = [];
  const waiting = new Map<string, (answer: Sent) => void>();
  const handlers = new Set<(event: unknown) => void>();
  let [opened, detached, id] = [0, 0, 0];
  const answer = async (answers: Answers, method: string, params: { readonly requestId?: string } = {}): Promise<object> => {
    const { requestId = "", ...rest } = params;
    sent.push([method, rest]);
    if (ANSWERS.includes(method)) waiting.get(requestId)?.([method, rest]);
    if (method === "Fetch.takeResponseBodyAsStream") return { stream: "stream" };
    if (method !== "IO.read") return answers[method]?.() ?? {};
    const data = bodies.shift();
    return { data: data ?? "", eof: data === undefined };
  };
  const newSession = async (answers: Answers = all) => {
    opened += 1;
    const own = new Set<(event: unknown) => void>();
    return {
      on(name: string, handler: (event: unknown) => void) {
        if (name !== "Fetch.requestPaused") return;
        own.add(handler);
        handlers.add(handler);
      },
      send: (method: string, params?: { readonly requestId?: string }) => answer(answers, method, params),
      async detach() {
        detached += 1;
        for (const handler of own) handlers.delete(handler);
      },
    };
  };
  return {
    browser: { newBrowserCDPSession: () => newSession(), isConnected: () => true } as unknown as Browser,
    newSession,
    sent,
    bodies,
    opened: () => opened,
    detached: () => detached,
    pause(event) {
      id += 1;
      const requestId = String(id);
      const answered = new Promise<Sent>((resolve) => waiting.set(requestId, resolve));
      for (const handler of handlers) handler({ requestId, ...event });
      return answered;
    },
  };
}
