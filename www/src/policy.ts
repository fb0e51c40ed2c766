/**
 * Where a browser may go from this page, in one place: the page shows it, and the build writes it into
 * index.html as the Content-Security-Policy, which the browser enforces.
 */

/** The only other origin that weights are downloaded from. */
export const WEIGHTS_ORIGIN = "https://huggingface.co";

/** That origin's file servers, to which it redirects for large files. */
const WEIGHTS_FILE_SERVERS = "https://*.hf.co";

/** The name of first.ts's trusted-types policy for script addresses. */
export const SCRIPTS_POLICY = "default";

/** The policy in the page; a host adds directives that need a header (docs/hosting.md). */
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
