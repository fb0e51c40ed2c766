import type { BrowserType } from "@playwright/test";

/** What goes between Playwright and a browser over WebDriver BiDi. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  params?: Record<string, unknown>;
}

interface Transport {
  send(message: Message): void;
  onmessage?: (message: object) => void;
}

/** The part of Playwright's own side that connects to Firefox. */
interface Bidi {
  connectToTransport(transport: Transport, options: object): Promise<object>;
}

const completed = new WeakSet<Bidi>();

/**
 * What Playwright takes for granted and Firefox ESR has not: it can't be told of a colour scheme, which
 * Playwright does with every page, and its downloads of what a page made have no name.
 */
export function complete(firefox: BrowserType): void {
  const { _connection } = firefox as unknown as {
    _connection: { toImpl(of: BrowserType): { _bidiFirefox: Bidi } };
  };
  const bidi = _connection.toImpl(firefox)._bidiFirefox;
  if (completed.has(bidi)) return;
  completed.add(bidi);
  const { connectToTransport } = bidi;
  bidi.connectToTransport = (transport, options) => {
    const { send } = transport;
    transport.send = (message) => {
      const { id, method } = message;
      if (method === "emulation.setMediaFeaturesOverride") {
        queueMicrotask(() => transport.onmessage?.({ type: "success", id, result: {} }));
        return;
      }
      send.call(transport, message);
    };
    const connected = connectToTransport.call(bidi, transport, options);
    const { onmessage } = transport;
    transport.onmessage = (message: Message) => {
      const { method, params } = message;
      if (params && method?.startsWith("browsingContext.download")) params.download ??= params.url;
      onmessage?.(message);
    };
    return connected;
  };
}
