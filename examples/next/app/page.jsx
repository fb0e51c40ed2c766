import { Explained } from "./explained";

export default function Page() {
  return (
    <main>
      <h1>What did the network see?</h1>
      <Explained src="/bird.png" alt="A drawn bird" />
      <p>
        <a href="/api/explain">The server's own answer</a>
      </p>
    </main>
  );
}
