import { Pace } from './pace.js';

/** Over how long the pace of a command is measured, and how fast what is told follows it: in milliseconds. */
const window = 20_000;
const inertia = 3_000;

/** How long a command will still take, from the share of its work that is done. It follows a new pace smoothly, and never jumps. */
export class TimeLeft {
  readonly #pace = new Pace(window);
  #told: { readonly at: number; readonly milliseconds: number } | undefined;

  note(share: number, at: number): void {
    this.#pace.note(share, at);
    const { perSecond } = this.#pace;
    if (perSecond === undefined) return;
    const measured = ((1 - share) / perSecond) * 1000;
    if (this.#told === undefined) {
      this.#told = { at, milliseconds: measured };
      return;
    }
    const passed = at - this.#told.at;
    const expected = this.#told.milliseconds - passed;
    this.#told = { at, milliseconds: expected + (1 - Math.exp(-passed / inertia)) * (measured - expected) };
  }

  /** In milliseconds; undefined where nothing tells yet. */
  at(now: number): number | undefined {
    return this.#told === undefined ? undefined : Math.max(0, this.#told.milliseconds - (now - this.#told.at));
  }
}
