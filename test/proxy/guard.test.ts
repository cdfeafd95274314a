import http, { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import net, { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { guarded, undisturbed } from "../../src/proxy/guard.js";
import { handlersOf } from "../../src/proxy/handlers.js";
import { readProxyOptions } from "../../src/proxy/options.js";
import { ask, listen, say, serve } from "../http/support.js";
import { connected, echo, proxyTo, until } from "./support.js";

/** What was warned of, instead of being thrown. */
function warnings(): string[] {
  const said: string[] = [];
  const spy = vi.spyOn(process, "emitWarning").mockImplementation((warning) => void said.push(String(warning)));
  onTestFinished(() => spy.mockRestore());
  return said;
}

const fault = (): never => {
  throw new Error("injected");
};

describe("guarded", () => {
  it("calls the handler with what it is given", () => {
    const got: unknown[] = [];
    guarded(
      (one: number, two: string) => void got.push(one, two),
      () => undefined,
    )(1, "2");
    expect(got).toEqual([1, "2"]);
  });

  it("throws nothing, destroys what the handler was about, and warns", () => {
    const said = warnings();
    const ended: string[] = [];
    guarded(fault, () => ({ destroy: () => ended.push("destroyed") }))();
    expect([said, ended]).toEqual([["Error: injected"], ["destroyed"]]);
  });

  it("throws nothing where that cannot be destroyed either", () => {
    const said = warnings();
    guarded(fault, () => ({ destroy: fault }))();
    expect(said).toEqual(["Error: injected", "Error: injected"]);
  });
});

describe("undisturbed", () => {
  it("warns of what a promise is rejected with", async () => {
    const said = warnings();
    undisturbed(async () => fault());
    await until(() => said.length > 0);
    expect(said).toEqual(["Error: injected"]);
  });
});

describe("A fault in what a handler calls ends one connection, and nothing else", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Fails in the proxy's own calls: those of the test and of the application have another port on one side. */
  function failsOnce<T extends object>(prototype: T, method: keyof T & string): () => boolean {
    const original = prototype[method] as (...args: unknown[]) => unknown;
    let failed = false;
    vi.spyOn(prototype as Record<string, (...args: unknown[]) => unknown>, method).mockImplementation(function (this: unknown, ...args) {
      if (!failed && /\/src\/proxy\//.test(String(new Error("where").stack))) {
        failed = true;
        return fault();
      }
      return original.apply(this, args);
    });
    return () => failed;
  }

  const page = () => serve((req, res) => void req.resume().on("end", () => res.end("A page.")));
  const get = (port: number) => ask(port, "/");
  const post = async (port: number) => {
    const request = http.request({ host: "127.0.0.1", port, method: "POST", agent: false }).end("body");
    request.on("error", () => undefined);
    await new Promise((resolve) => request.on("close", resolve).on("response", (response) => response.resume()));
  };
  const rubbish = async (port: number) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("RUBBISH\r\n\r\n"));
    socket.on("error", () => undefined).resume();
    await new Promise((resolve) => socket.once("close", resolve));
  };
  const upgrade = (port: number) => connected(`ws://127.0.0.1:${port}/`);

  it.each<[string, () => () => boolean, (port: number) => Promise<unknown>]>([
    ["writing the head of an answer", () => failsOnce(ServerResponse.prototype, "writeHead"), get],
    ["setting a header of it", () => failsOnce(ServerResponse.prototype, "setHeader"), rubbish],
    ["ending it", () => failsOnce(ServerResponse.prototype, "end"), rubbish],
    ["attaching it to a connection", () => failsOnce(ServerResponse.prototype, "assignSocket"), rubbish],
    ["passing a body on", () => failsOnce(IncomingMessage.prototype, "pipe"), post],
    ["ending a request", () => failsOnce(ClientRequest.prototype, "end"), get],
    ["opening a WebSocket", () => failsOnce(Socket.prototype, "setKeepAlive"), upgrade],
  ])("%s", async (_, inject, visit) => {
    warnings();
    const { port } = await proxyTo(await (visit === upgrade ? echo().then((one) => one.port) : page()));
    const failed = inject();
    await visit(port).catch(() => undefined);
    expect(failed()).toBe(true);
    vi.restoreAllMocks();
    expect((await get(port)).body).toBe("A page.");
  });
});

describe("A connection on which nothing has moved for a minute", () => {
  const traffic = {
    kept: new http.Agent(),
    single: new http.Agent(),
    running: 0,
    tunnels: new Set<Duplex>(),
    lingering: new Set<Duplex>(),
    closing: false,
  };
  const settings = readProxyOptions({ target: "http://127.0.0.1:1", policy: ["none", { xFrameOptions: "DENY" }] });
  const handlers = handlersOf({ settings, traffic });

  it.each([
    ["is closed where it waits for no answer", null, 0, 1],
    ["is closed where the client does not read its answer", {}, 1, 1],
    ["is left alone where the application takes its time", {}, 0, 0],
  ])("%s", (_, message, writableLength, times) => {
    const destroy = vi.fn();
    handlers.stalled({ _httpMessage: message, writableLength, destroy } as unknown as Socket);
    expect(destroy).toHaveBeenCalledTimes(times);
  });

  it("is left alone where it is a WebSocket, which has its own limit", () => {
    const destroy = vi.fn();
    const socket = { _httpMessage: null, writableLength: 1, destroy } as unknown as Socket;
    const tunnels = new Set<Duplex>([socket]);
    handlersOf({ settings, traffic: { ...traffic, tunnels } }).stalled(socket);
    expect(destroy).not.toHaveBeenCalled();
  });

  it("is told 408 with the policy where headers do not come", async () => {
    const slow = Object.assign(new Error("slow"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    const port = await listen(net.createServer((socket) => handlers.misfit(slow, socket)));
    const answer = await say(port, []);
    expect([answer.split("\r\n")[0], answer.includes("\r\nX-Frame-Options: DENY\r\n")]).toEqual(["HTTP/1.1 408 Request Timeout", true]);
  });
});
