/** Bytes of one unit that may wait for their turn. */
const waitingLimit = 4 * 1024 * 1024;

/**
 * Runs `work` on a lazy sequence of units with one worker resource each (a database reader serves one unit at a time), and
 * yields what they give in the sequence's order. What waits for its turn is bounded: a worker that is ahead stops until the
 * reader of this generator has come closer. The earliest unit always has a worker, so that it never stands still.
 */
export async function* inOrder<Unit, Worker, Item>(
  units: Iterable<Unit>,
  workers: readonly Worker[],
  work: (worker: Worker, unit: Unit) => AsyncIterable<Item>,
  sizeOf: (item: Item) => number,
): AsyncGenerator<Item> {
  const sequence = units[Symbol.iterator]();
  const lanes: Lane<Item>[] = [];
  const signal = new Signal();
  let active = workers.length;
  let stopped = false;
  const run = async (worker: Worker): Promise<void> => {
    for (;;) {
      while (!stopped && lanes.length > workers.length * 2) await signal.wait();
      const next = stopped ? undefined : sequence.next();
      if (next === undefined || next.done === true) break;
      const lane: Lane<Item> = { items: [], bytes: 0, ended: false, failure: undefined };
      lanes.push(lane);
      signal.raise();
      try {
        for await (const item of work(worker, next.value)) {
          lane.items.push(item);
          lane.bytes += sizeOf(item);
          signal.raise();
          while (lane.bytes > waitingLimit && !stopped) await signal.wait();
          if (stopped) break;
        }
      } catch (error) {
        lane.failure = { error };
        stopped = true;
      }
      lane.ended = true;
      signal.raise();
    }
    active -= 1;
    signal.raise();
  };
  const running = Promise.all(workers.map(run));
  try {
    for (;;) {
      const [lane] = lanes;
      if (lane === undefined) {
        if (active === 0) break;
        await signal.wait();
        continue;
      }
      const item = lane.items.shift();
      if (item !== undefined) {
        lane.bytes -= sizeOf(item);
        signal.raise();
        yield item;
      } else if (lane.failure !== undefined) throw lane.failure.error;
      else if (lane.ended) {
        lanes.shift();
        signal.raise();
      } else await signal.wait();
    }
  } finally {
    stopped = true;
    signal.raise();
    await running;
  }
}

interface Lane<Item> {
  readonly items: Item[];
  bytes: number;
  ended: boolean;
  failure: { readonly error: unknown } | undefined;
}

/** Wakes everybody who waits; each then looks at the state again. */
class Signal {
  #resolve: () => void = () => undefined;
  #promise = this.#fresh();

  wait(): Promise<void> {
    return this.#promise;
  }

  raise(): void {
    const resolve = this.#resolve;
    this.#promise = this.#fresh();
    resolve();
  }

  #fresh(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
