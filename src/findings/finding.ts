/** One thing worth telling: what kind, about which object, column or reference, and why. Never holds a row's value. */
export interface Finding {
  /** A stable kebab-case name, e.g. `dangling-reference`, `unknown-column`. */
  readonly kind: string;
  readonly severity: 'note' | 'warning';
  /** An object (`demoapp.book.4`), a model, a column (`demoapp.book.title`), a reference or an option. */
  readonly on: string;
  readonly reason: string;
}

/** Where findings go while a command runs. `--strict` turns any warning into a refusal at the end of the stage. */
export class Findings {
  readonly #all: Finding[] = [];

  get all(): readonly Finding[] {
    return this.#all;
  }

  get warnings(): readonly Finding[] {
    return this.#all.filter((finding) => finding.severity === 'warning');
  }

  /** Takes over what was told to others. */
  take({ all }: Findings): void {
    this.#all.push(...all);
  }

  note(kind: string, on: string, reason: string): void {
    this.#all.push(Object.freeze({ kind, severity: 'note', on, reason }));
  }

  warn(kind: string, on: string, reason: string): void {
    this.#all.push(Object.freeze({ kind, severity: 'warning', on, reason }));
  }
}
