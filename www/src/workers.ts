/** Starts a worker, which is a module; undefined in browsers without such workers. */
export function moduleWorker(url: string): Worker | undefined {
  let known = false;
  // Browsers with module workers read the option `type`.
  const options = {
    get type(): WorkerType {
      known = true;
      return "module";
    },
  };
  const worker = new Worker(url, options);
  if (known) return worker;
  worker.terminate();
  return undefined;
}
