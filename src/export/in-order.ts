/**
 * Runs `work` on a lazy sequence of units with one worker resource each (a database reader serves one unit at a time),
 * and yields the results in the sequence's order. At most twice as many results as workers wait in memory.
 */
export async function* inOrder<Unit, Worker, Result>(
  units: Iterable<Unit>,
  workers: readonly Worker[],
  work: (worker: Worker, unit: Unit) => Promise<Result>,
): AsyncGenerator<Result> {
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = (): Promise<Worker> => {
    const worker = idle.pop();
    return worker === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(worker);
  };
  const give = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };
  const run = async (unit: Unit): Promise<Result> => {
    const worker = await take();
    try {
      return await work(worker, unit);
    } finally {
      give(worker);
    }
  };
  const ahead: Promise<Result>[] = [];
  try {
    for (const unit of units) {
      const result = run(unit);
      result.catch(() => undefined);
      ahead.push(result);
      if (ahead.length < workers.length * 2) continue;
      const next = ahead.shift();
      if (next !== undefined) yield await next;
    }
    while (ahead.length > 0) {
      const next = ahead.shift();
      if (next !== undefined) yield await next;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}
