/** Tells how long the database is waited for in one statement: it stands still while the caller is at work. */
export class StatementClock {
  #waited = 0;
  /** Undefined while it stands still. */
  #since: number | undefined = performance.now();

  pause(): void {
    if (this.#since !== undefined) this.#waited += performance.now() - this.#since;
    this.#since = undefined;
  }

  resume(): void {
    this.#since ??= performance.now();
  }

  /** Of a clock that stands still. */
  get milliseconds(): number {
    return this.#waited;
  }
}
