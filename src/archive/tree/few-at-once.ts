/** Work of which some is under way while others go on; who brings more than that waits. */
export class FewAtOnce {
  readonly #most: number;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Begins it, where need be when something else has ended. @throws what failed before */
  async begin(work: () => Promise<void>): Promise<void> {
    while (this.#underWay.size >= this.#most) await Promise.race(this.#underWay);
    this.#refuseFailed();
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** When all has ended. @throws what failed first */
  async end(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#refuseFailed();
  }

  #refuseFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
