import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Course } from '../course.js';
import type { OnProgress } from '../progress.js';

/** Rows, and bytes since rows can be large, after which it is told how far the writing has come. */
const rowsAtOnce = 30_000;
const bytesAtOnce = 4 * 1024 * 1024;

/** Tells of the rows that an export has written. */
export class RowsProgress {
  readonly #closure: Closure;
  readonly #total: number;
  readonly #course: Course;
  readonly #tell: OnProgress;
  /** Of each model, the rows that are still to come. */
  readonly #left = new Map<string, number>();
  /** That was written last. */
  #model = '';
  /** Since the last event. */
  #rows = 0;
  #size = 0;
  #done = 0;
  #bytes = 0;

  constructor(closure: Closure, total: number, course: Course, tell: OnProgress) {
    this.#closure = closure;
    this.#total = total;
    this.#course = course;
    this.#tell = tell;
  }

  /** Rows of a model were written: those that are read once more count no more. */
  written(model: string, objects: number): void {
    const before = this.#left.get(model) ?? countOf(this.#closure, model);
    const rows = Math.min(objects, before);
    if (rows === 0) return;
    if (model !== this.#model) this.#event();
    this.#model = model;
    this.#left.set(model, before - rows);
    this.#rows += rows;
    if (before === rows) this.#event();
    else this.#eventWhereDue();
  }

  /** Bytes were written, of whatever rows. */
  bytes(size: number): void {
    this.#size += size;
    this.#eventWhereDue();
  }

  #eventWhereDue(): void {
    if (this.#rows >= rowsAtOnce || this.#size >= bytesAtOnce) this.#event();
  }

  #event(): void {
    if (this.#rows === 0) return;
    this.#done += this.#rows;
    this.#bytes += this.#size;
    const event = { stage: 'rows', model: this.#model, done: this.#rows, total: countOf(this.#closure, this.#model) } as const;
    this.#rows = 0;
    this.#size = 0;
    this.#tell(this.#course.told(event, { done: this.#done, total: this.#total, exact: true, bytes: this.#bytes }));
  }
}
