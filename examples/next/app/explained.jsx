"use client";
import { useEffect, useRef, useState } from "react";
import { network } from "./explainer";

/** A picture with what the network saw of it. */
export function Explained({ src, alt }) {
  const image = useRef(null);
  const [said, setSaid] = useState("…");

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    async function explain(element) {
      const explainer = await network();
      const explanation = await explainer.explain(src, { signal });
      signal.throwIfAborted();
      const overlay = explanation.over(element);
      signal.addEventListener("abort", () => overlay.remove());
      setSaid(`${explanation.label ?? explanation.target}`);
    }
    explain(image.current).catch((error) => {
      if (!signal.aborted) setSaid(error.message);
    });
    return () => stop.abort();
  }, [src]);

  return (
    <figure>
      <span>
        <img key={src} ref={image} src={src} alt={alt} width={448} height={448} />
      </span>
      <figcaption>{said}</figcaption>
    </figure>
  );
}
