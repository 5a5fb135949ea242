import { UsageError } from '../errors/portolan-error.js';

/** One thing that is wrong with what the user wrote. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Gathers what is wrong, so that all of it is told at once. */
export class Problems {
  readonly #all: Problem[] = [];

  add(code: string, message: string, hint?: string): void {
    this.#all.push({ code, message, hint });
  }

  /** What is wrong, a line each. */
  get lines(): readonly string[] {
    return this.#all.map(({ message, hint }) => `- ${message}${hint === undefined ? '' : `. ${hint}`}`);
  }

  /** Runs a look-up; what it says is wrong is gathered, and undefined is returned. */
  attempt<T>(where: string, lookUp: () => T): T | undefined {
    try {
      return lookUp();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.add(error.code, `${where}: ${error.message}`, error.hint);
      return undefined;
    }
  }

  /** @throws UsageError with the problem's own code where there is one, POLICY_INVALID where there are several */
  throwAny(): void {
    const [first, ...more] = this.#all;
    if (first === undefined) return;
    if (more.length === 0) throw new UsageError(first.code, first.message, { hint: first.hint });
    throw new UsageError('POLICY_INVALID', `the policy and options name what is not there:\n${this.lines.join('\n')}`);
  }
}
