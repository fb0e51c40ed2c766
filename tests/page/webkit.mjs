#!/usr/bin/env node
// WebKitGTK as a browser that Playwright can launch. Playwright drives a distribution's Firefox over WebDriver BiDi;
// WebKitWebDriver speaks classic WebDriver alone. This takes BiDi's commands, as far as Playwright gives them, and has
// WebKitWebDriver do them, on a display of its own. What classic WebDriver has no word for is an error: requests that
// are intercepted, scripts that run before the page's own, and workers.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { inPage } from "./webkit-page.mjs";

const DRIVER = process.env.WEBKIT_DRIVER ?? "WebKitWebDriver";
/** WebKit's own small browser, which lies beside the library. */
const BROWSER = process.env.MINIBROWSER ?? miniBrowser();
/** How WebDriver writes an element in JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** What Playwright's own script says that keeps service workers away; here they are let in. */
const WORKERS_BLOCKED = "Service Worker registration blocked";
/** Milliseconds after an input at which the page is asked whether a file is to be chosen, or saved. */
const LOOKS = [0, 100, 400, 1000, 2000, 4000];

function miniBrowser() {
  const folders = readdirSync("/usr/lib").flatMap((triplet) => [
    `/usr/lib/${triplet}/webkit2gtk-4.1`,
    `/usr/lib/${triplet}/webkitgtk-6.0`,
  ]);
  const found = folders.map((folder) => `${folder}/MiniBrowser`).find((file) => existsSync(file));
  if (!found) throw new Error("there is no MiniBrowser of WebKitGTK's");
  return found;
}

/** A process and all that it started. */
function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return [...children.flatMap(family), pid];
}

function kill({ pid, exitCode }) {
  if (exitCode !== null) return;
  for (const one of family(pid)) {
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It has gone with another.
    }
  }
}

/** A display that nobody sees. It would begin anew, and refuse whoever comes meanwhile, each time its last window goes. */
async function display() {
  const server = spawn(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp", "-noreset"],
    {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    },
  );
  const number = await new Promise((told, failed) => {
    server.on("error", failed);
    server.stdio[3].once("data", (text) => told(String(text).trim()));
  });
  return { server, name: `:${number}` };
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A browser with one profile: a driver, and the browser that it started. */
class Profile {
  /** The window that commands are for, by WebDriver's name for it. */
  current = "";
  viewport = undefined;
  #process;
  #session = "";
  /** WebDriver does one thing after the other. */
  #last = Promise.resolve();

  /** A browser that has not come up after half a minute is started again, twice at most. */
  static async start(displayName, proxy) {
    for (let tries = 1; ; tries++) {
      const profile = new Profile();
      try {
        await profile.#begin(displayName, proxy);
        return profile;
      } catch (error) {
        profile.stop();
        if (tries === 3) throw error;
      }
    }
  }

  async #begin(displayName, proxy) {
    const port = await freePort();
    this.#process = spawn(DRIVER, [`--port=${port}`], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DISPLAY: displayName },
    });
    const address = `http://127.0.0.1:${port}/session`;
    const capabilities = {
      "webkitgtk:browserOptions": { binary: BROWSER, args: ["--automation"] },
      timeouts: { script: 3_600_000, pageLoad: 300_000 },
      unhandledPromptBehavior: "ignore",
      ...(proxy ? { proxy } : {}),
    };
    for (let tries = 0; ; tries++) {
      try {
        const { sessionId } = await send(
          address,
          "POST",
          { capabilities: { alwaysMatch: capabilities } },
          30_000,
        );
        this.#session = `${address}/${sessionId}`;
        break;
      } catch (error) {
        // The driver takes a moment until it listens.
        if (tries === 100 || !(error instanceof TypeError)) throw error;
        await sleep(50);
      }
    }
    this.current = await this.#send("/window", "GET");
  }

  stop() {
    kill(this.#process);
  }

  /** Does something in a window once all before it is done. */
  do(window, path, body) {
    const after = this.#last.then(async () => {
      if (window !== this.current) {
        await this.#send("/window", "POST", { handle: window });
        this.current = window;
      }
      return await this.#send(path, body ? "POST" : "GET", body);
    });
    this.#last = after.catch(() => {});
    return after;
  }

  #send(path, method, body) {
    return send(this.#session + path, method, body);
  }
}

/** Sends a command of WebDriver's; `patience` is in milliseconds, without end where it is absent. */
async function send(address, method, body, patience) {
  const signal = patience === undefined ? undefined : AbortSignal.timeout(patience);
  const answer = await fetch(address, { method, signal, ...(body ? { body: JSON.stringify(body) } : {}) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** A page; for Playwright a browsing context, which has a realm for the page and one for itself in each document. */
class Tab {
  id = randomUUID();
  url = "about:blank";
  closed = false;
  /** The handles that nobody holds any more, as the next command will tell. */
  disowned = [];
  profile;
  #realms = [];
  #window;
  #emit;
  /** Commands that are under way. */
  #busy = 0;
  #looking = 0;

  constructor(profile, window, emit) {
    this.profile = profile;
    this.#window = window;
    this.#emit = emit;
  }

  do(path, body) {
    return this.profile.do(this.#window, path, body);
  }

  realm(sandbox) {
    return this.#realms[sandbox ? 1 : 0];
  }

  /** Tells of another document. */
  begin(navigation) {
    const { id: context, url } = this;
    const about = { context, navigation, url, timestamp: Date.now() };
    for (const realm of this.#realms) this.#emit("script.realmDestroyed", { realm });
    if (navigation) this.#emit("browsingContext.navigationCommitted", about);
    this.#realms = [randomUUID(), randomUUID()];
    const [realm] = this.#realms;
    this.#emit("script.realmCreated", { realm, origin: url, type: "window", context });
    if (!navigation) return;
    this.#emit("browsingContext.domContentLoaded", about);
    this.#emit("browsingContext.load", about);
  }

  /** Goes to another document by a command of WebDriver's. */
  async navigate(navigation, path, body) {
    const about = { context: this.id, navigation, url: body.url ?? this.url, timestamp: Date.now() };
    this.#emit("browsingContext.navigationStarted", about);
    try {
      await this.do(path, body);
      this.url = await this.do("/url");
      this.begin(navigation);
    } catch (error) {
      this.#emit("browsingContext.navigationFailed", about);
      throw error;
    }
  }

  /** Runs a function, or an expression, in the document. */
  async run(source, parameters) {
    const command = {
      context: this.id,
      arguments: parameters.arguments,
      awaitPromise: parameters.awaitPromise,
      root: parameters.resultOwnership === "root",
      disowned: this.disowned.splice(0),
    };
    const texts = (parameters.arguments ?? []).flatMap(awaited);
    this.#busy += 1;
    try {
      for (;;) {
        const answer = JSON.parse(
          await this.do("/execute/async", { script: script(source, texts), args: [command] }),
        );
        this.#told(answer);
        if (answer.unknown === undefined) return answer;
        texts.push(answer.unknown);
      }
    } finally {
      this.#busy -= 1;
    }
  }

  #told({ events, url }) {
    const { id: context } = this;
    const timestamp = Date.now();
    if (url !== this.url) {
      this.url = url;
      this.#emit("browsingContext.historyUpdated", { context, url, timestamp });
    }
    for (const { kind, element, href, name, text } of events) {
      const download = randomUUID();
      if (kind === "chooser")
        this.#emit("input.fileDialogOpened", { context, element: { sharedId: element }, multiple: false });
      if (kind === "download") {
        const about = { context, download, navigation: null, url: href, timestamp };
        this.#emit("browsingContext.downloadWillBegin", { ...about, suggestedFilename: name });
        this.#emit("browsingContext.downloadEnd", { ...about, status: "complete", filepath: null });
      }
      if (kind === "error")
        this.#emit("log.entryAdded", {
          type: "javascript",
          level: "error",
          text,
          source: { context },
          timestamp,
        });
    }
  }

  /** Asks for what comes of an input, as long as no other command does. */
  async look() {
    const turn = ++this.#looking;
    for (const [i, at] of LOOKS.entries()) {
      await sleep(at - (LOOKS[i - 1] ?? 0));
      if (turn !== this.#looking || this.closed) return;
      if (this.#busy === 0) await this.run("0", {}).catch(() => {});
    }
  }

  /** Gives the document so many pixels, whatever the browser has around it. */
  async resize({ width, height }) {
    const inner = async () =>
      await this.do("/execute/sync", { script: "return [innerWidth, innerHeight]", args: [] });
    let outer = await this.do("/window/rect");
    for (let tries = 0; tries < 3; tries++) {
      const [across = 0, down = 0] = await inner();
      if (across === width && down === height) return;
      const wanted = { width: outer.width + width - across, height: outer.height + height - down };
      outer = await this.do("/window/rect", wanted);
    }
  }
}

/** The texts among a command's arguments that the page will evaluate by and by, until they come true. */
function awaited({ type, value }) {
  if (type === "array") return value.flatMap(awaited);
  if (type !== "object") return [];
  const members = new Map(value.map(([key, of]) => [key.value, of]));
  return members.get("k")?.value === "expression"
    ? [members.get("v").value]
    : value.flatMap(([, of]) => awaited(of));
}

/** The text of a function as it stands in a script of ours. */
const inside = (source) => `(${source.trim().replace(/;+$/, "")}\n)`;

const script = (source, texts) => `
  const __bridge = globalThis[Symbol.for("playwright bridge")] ?? (${inPage})();
  ${texts.map((text) => `__bridge.texts.set(${JSON.stringify(text)}, () => ${inside(text)});`).join("\n")}
  __bridge.run(arguments[0], () => ${inside(source)}, arguments[1]);`;

/** One connection of Playwright's: all of its pages. */
class Browser {
  #display;
  #send;
  #proxy;
  #profiles = new Map();
  #tabs = new Map();

  constructor(display, send) {
    this.#display = display;
    this.#send = send;
  }

  stop() {
    for (const profile of this.#profiles.values()) profile.stop();
  }

  async answer({ id, method, params }) {
    try {
      const does = this.#commands[method];
      if (!does) throw new Error(`WebKit has no ${method}`);
      const result = await does(params);
      this.#send({ type: "success", id, result: result ?? {} });
    } catch (error) {
      this.#send({ type: "error", id, error: "unknown error", message: error.message });
    }
  }

  #emit = (method, params) => this.#send({ type: "event", method, params });

  #tab(context) {
    const tab = this.#tabs.get(context);
    if (!tab) throw new Error(`there is no page ${context}`);
    return tab;
  }

  async #script(source, { target, ...parameters }) {
    const tab = this.#tab(target.context);
    const { result, exception } = await tab.run(source, parameters);
    const realm = tab.realm(target.sandbox);
    return exception === undefined
      ? { type: "success", result, realm }
      : { type: "exception", exceptionDetails: { text: exception }, realm };
  }

  #close(tab) {
    tab.closed = true;
    this.#tabs.delete(tab.id);
    this.#emit("browsingContext.contextDestroyed", { context: tab.id, url: tab.url, parent: null });
  }

  #commands = {
    "session.new": ({ capabilities: { alwaysMatch } }) => {
      this.#proxy = alwaysMatch.proxy;
      const capabilities = { browserName: "webkit", browserVersion: "", userAgent: "WebKitGTK" };
      return { sessionId: randomUUID(), capabilities };
    },
    "session.subscribe": () => ({ subscription: randomUUID() }),
    "session.end": () => {},
    "browser.close": () => setTimeout(() => process.exit()),
    "browser.setDownloadBehavior": () => {},
    "emulation.setLocaleOverride": () => {},
    "emulation.setScreenOrientationOverride": () => {},
    "emulation.setScreenSettingsOverride": () => {},
    "storage.getCookies": () => ({ cookies: [] }),
    "network.addDataCollector": () => ({ collector: randomUUID() }),
    "network.addIntercept": ({ phases }) => {
      if (phases.some((phase) => phase !== "authRequired"))
        throw new Error("WebKit's requests can't be intercepted");
      return { intercept: randomUUID() };
    },
    "script.addPreloadScript": ({ functionDeclaration }) => {
      if (!functionDeclaration.includes(WORKERS_BLOCKED))
        throw new Error("WebKit runs no script before the page's");
      return { script: randomUUID() };
    },

    "browser.createUserContext": async ({ proxy = this.#proxy }) => {
      const userContext = randomUUID();
      this.#profiles.set(userContext, await Profile.start(this.#display, proxy));
      return { userContext };
    },
    "browser.removeUserContext": ({ userContext }) => {
      const profile = this.#profiles.get(userContext);
      for (const tab of this.#tabs.values()) if (tab.profile === profile) this.#close(tab);
      this.#profiles.delete(userContext);
      profile?.stop();
    },
    "browsingContext.setViewport": async ({ context, userContexts = [], viewport }) => {
      for (const profile of userContexts) this.#profiles.get(profile).viewport = viewport;
      if (context) await this.#tab(context).resize(viewport);
    },
    "browsingContext.create": async ({ userContext }) => {
      const profile = this.#profiles.get(userContext);
      const first = ![...this.#tabs.values()].some((tab) => tab.profile === profile);
      const window = first
        ? profile.current
        : (await profile.do(profile.current, "/window/new", { type: "window" })).handle;
      const tab = new Tab(profile, window, this.#emit);
      this.#tabs.set(tab.id, tab);
      if (profile.viewport) await tab.resize(profile.viewport);
      this.#emit("browsingContext.contextCreated", {
        context: tab.id,
        url: tab.url,
        userContext,
        parent: null,
      });
      tab.begin();
      return { context: tab.id };
    },
    "browsingContext.close": async ({ context }) => this.#close(this.#tab(context)),
    "browsingContext.activate": () => {},
    "browsingContext.navigate": ({ context, url }) => {
      const navigation = randomUUID();
      // Playwright hears of the rest by events.
      this.#tab(context)
        .navigate(navigation, "/url", { url })
        .catch(() => {});
      return { navigation, url };
    },
    "browsingContext.reload": async ({ context }) =>
      await this.#tab(context).navigate(randomUUID(), "/refresh", {}),
    "browsingContext.traverseHistory": async ({ context, delta }) =>
      await this.#tab(context).navigate(randomUUID(), delta < 0 ? "/back" : "/forward", {}),
    "browsingContext.captureScreenshot": async ({ context }) => ({
      data: await this.#tab(context).do("/screenshot"),
    }),

    "script.evaluate": ({ expression, ...parameters }) => this.#script(expression, parameters),
    "script.callFunction": ({ functionDeclaration, ...parameters }) =>
      this.#script(functionDeclaration, parameters),
    "script.disown": ({ target, handles }) => {
      this.#tabs.get(target.context)?.disowned.push(...handles);
    },

    "input.performActions": async ({ context, actions }) => {
      const tab = this.#tab(context);
      for (const { actions: steps } of actions) {
        for (const step of steps) {
          // Classic WebDriver takes whole pixels.
          if (step.type === "pointerMove")
            Object.assign(step, {
              x: Math.round(step.x),
              y: Math.round(step.y),
              duration: 0,
              origin: "viewport",
            });
          if (step.type === "scroll") Object.assign(step, { duration: 0, origin: "viewport" });
        }
      }
      await tab.do("/actions", { actions });
      void tab.look();
    },
    "input.setFiles": async ({ context, element, files }) => {
      const tab = this.#tab(context);
      const found = await tab.do("/execute/sync", {
        script: 'return globalThis[Symbol.for("playwright bridge")].element(arguments[0])',
        args: [element.sharedId],
      });
      await tab.do(`/element/${found[ELEMENT]}/value`, { text: files.join("\n") });
    },
  };
}

const { server: screen, name } = await display();
const browsers = new Set();
process.on("exit", () => {
  for (const browser of browsers) browser.stop();
  kill(screen);
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit());

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket) => {
  const browser = new Browser(name, (message) => socket.send(JSON.stringify(message)));
  browsers.add(browser);
  socket.on("message", (message) => void browser.answer(JSON.parse(String(message))));
  socket.on("close", () => process.exit());
});
server.on("listening", () => {
  console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`);
});
