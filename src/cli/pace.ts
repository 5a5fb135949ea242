interface Sample {
  readonly at: number;
  readonly value: number;
}

/** How fast a number grows, over the last seconds that it did. Times are in milliseconds. */
export class Pace {
  readonly #window: number;
  readonly #samples: Sample[] = [];
  #latest: Sample | undefined;

  constructor(window: number) {
    this.#window = window;
  }

  note(value: number, at: number): void {
    // What is done again is measured anew.
    if (value < (this.#latest?.value ?? 0)) this.#samples.length = 0;
    this.#latest = { at, value };
    const last = this.#samples.at(-1);
    if (last === undefined || at - last.at >= this.#window / 50) this.#samples.push(this.#latest);
    while ((this.#samples[1]?.at ?? at) < at - this.#window) this.#samples.shift();
  }

  /** Undefined where nothing tells yet. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const { at, value } = this.#latest ?? { at: 0, value: 0 };
    if (first === undefined || at <= first.at || value <= first.value) return undefined;
    return ((value - first.value) / (at - first.at)) * 1000;
  }
}
