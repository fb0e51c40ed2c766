// What webkit.mjs keeps in each document of WebKit's. Its text is sent there: it names nothing from outside of itself.

/**
 * Runs functions of Playwright's in the document, and gives what comes of them as WebDriver BiDi writes values.
 * Objects that Playwright holds on to stay in a table.
 */
export function inPage() {
  /** A text that the document's policy keeps from being evaluated: it is to be sent as a part of the script. */
  class Unknown extends Error {
    constructor(text) {
      super("this text is not compiled yet");
      this.text = text;
    }
  }

  const own = Math.random().toString(36).slice(2);
  const handles = new Map();
  const texts = new Map();
  let events = [];
  let kept = 0;
  /** What Playwright calls this page. */
  let context = "";

  const keep = (value) => {
    const handle = `${own}-${kept++}`;
    handles.set(handle, value);
    return handle;
  };

  /** A value that came from Playwright. */
  const local = ({ type, value, handle, sharedId }) => {
    const name = handle ?? sharedId;
    if (name !== undefined) {
      if (!handles.has(name)) throw new Error("no such handle: the document is another");
      return handles.get(name);
    }
    switch (type) {
      case "undefined":
        return undefined;
      case "null":
        return null;
      case "number":
        return Number(value);
      case "bigint":
        return BigInt(value);
      case "array":
        return value.map(local);
      case "object":
        return Object.fromEntries(value.map(([key, of]) => [local(key), local(of)]));
      case "date":
        return new Date(value);
      case "regexp":
        return new RegExp(value.pattern, value.flags);
      default:
        return value;
    }
  };

  const kindOf = (value) => {
    if (typeof value === "function") return "function";
    if (value === globalThis) return "window";
    if (value instanceof Node) return "node";
    if (Array.isArray(value)) return "array";
    return value instanceof Promise ? "promise" : value instanceof Error ? "error" : "object";
  };

  /** A value for Playwright: a handle of it, or all that is in it. */
  const remote = (value, root) => {
    switch (typeof value) {
      case "undefined":
      case "symbol":
        return { type: "undefined" };
      case "string":
      case "boolean":
        return { type: typeof value, value };
      case "number":
        return {
          type: "number",
          value: Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : `${value}`,
        };
      case "bigint":
        return { type: "bigint", value: `${value}` };
    }
    if (value === null) return { type: "null" };
    const type = kindOf(value);
    if (type === "node") {
      const handle = keep(value);
      return { type, handle, sharedId: handle, value: { localName: value.localName } };
    }
    if (type === "window") return { type, handle: keep(value), value: { context } };
    if (root) return { type, handle: keep(value) };
    if (type === "array") return { type, value: Array.from(value, (one) => remote(one, false)) };
    if (type === "object")
      return { type, value: Object.entries(value).map(([key, of]) => [key, remote(of, false)]) };
    return { type };
  };

  const textOf = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

  // The policy forbids `eval`, and Playwright's functions come to each other as texts.
  globalThis.eval = (text) => {
    const compiled = texts.get(text);
    if (!compiled) throw new Unknown(text);
    return compiled();
  };
  // A window without a window manager is never the active one.
  document.hasFocus = () => true;

  // What WebDriver tells nothing of.
  const happened = (kind, what) => events.push({ kind, ...what });
  addEventListener(
    "click",
    (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
      event.preventDefault();
      happened("chooser", { element: keep(input) });
    },
    true,
  );
  const { click } = HTMLElement.prototype;
  HTMLElement.prototype.click = function () {
    if (this instanceof HTMLAnchorElement && this.download)
      happened("download", { href: this.href, name: this.download });
    else click.call(this);
  };
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    happened("error", {
      text: `Refused: Content-Security-Policy: ${effectiveDirective} forbids ${blockedURI}`,
    }),
  );
  addEventListener("error", ({ error, message }) =>
    happened("error", { text: error ? textOf(error) : message }),
  );
  addEventListener("unhandledrejection", ({ reason }) => happened("error", { text: textOf(reason) }));

  const bridge = {
    /** The texts that are functions here by now. */
    texts,
    element: (handle) => handles.get(handle),

    /** Calls what `make` gives with the arguments of a command, or takes it as it is; `done` gets an answer in JSON. */
    run(command, make, done) {
      context = command.context;
      for (const handle of command.disowned) handles.delete(handle);
      const settle = (answer) => {
        done(JSON.stringify({ ...answer, events, url: location.href }));
        events = [];
      };
      const fail = (error) =>
        settle(error instanceof Unknown ? { unknown: error.text } : { exception: textOf(error) });
      const give = (value) => settle({ result: remote(value, command.root) });
      try {
        const made = make();
        const value = command.arguments ? made(...command.arguments.map(local)) : made;
        if (value instanceof Promise && command.awaitPromise) value.then(give).catch(fail);
        else give(value);
      } catch (error) {
        fail(error);
      }
    },
  };
  Object.defineProperty(globalThis, Symbol.for("playwright bridge"), { value: bridge });
  return bridge;
}
