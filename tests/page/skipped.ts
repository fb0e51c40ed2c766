import type { Reporter, TestCase } from "@playwright/test/reporter";

/** Says at the end which tests were passed over, by the reason. */
export default class Skipped implements Reporter {
  readonly #titles = new Map<string, string[]>();

  onTestEnd(test: TestCase): void {
    if (test.outcome() !== "skipped") return;
    const reasons = test.results.flatMap(({ annotations }) => annotations);
    const reason =
      reasons.find(({ type }) => type === "skip" || type === "fixme")?.description ?? "no reason given";
    this.#titles.set(reason, [...(this.#titles.get(reason) ?? []), test.title]);
  }

  onEnd(): void {
    for (const [reason, titles] of this.#titles) {
      console.log(`\n  ${titles.length} passed over: ${reason}`);
      for (const title of titles) console.log(`    ${title}`);
    }
  }
}
