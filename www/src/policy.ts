/**
 * Where a browser may go from this page, said once: the page shows it, and the build writes it into
 * index.html as the Content-Security-Policy that the browser holds the page to.
 */

/** The one place besides the page's own address that weights are fetched from. */
export const WEIGHTS_ORIGIN = "https://huggingface.co";

/** Where that place sends a browser on for large files: file servers of its own, in many regions. */
const WEIGHTS_FILE_SERVERS = "https://*.hf.co";

/** The name under which main.ts answers for the addresses of scripts. */
export const SCRIPTS_POLICY = "default";

/** What a page may do itself; a host adds what only a header can say (docs/hosting.md). */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  `connect-src 'self' ${WEIGHTS_ORIGIN} ${WEIGHTS_FILE_SERVERS}`,
  // A dropped SVG is drawn through an image of its own bytes.
  "img-src 'self' blob:",
  "style-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${SCRIPTS_POLICY}`,
].join("; ");

/** Whether the policy lets a page at `base` fetch weights from an address. */
export const mayFetch = (url: string, base: string): boolean =>
  [new URL(base).origin, WEIGHTS_ORIGIN].includes(new URL(url, base).origin);
