import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Course } from '../course.js';
import type { OnProgress } from '../progress.js';
import type { Lines } from './export-rows.js';

/** Rows, and bytes since rows can be large, after which it is told how far the writing has come. */
const rowsAtOnce = 30_000;
const bytesAtOnce = 4 * 1024 * 1024;

/** Tells of the rows that an export has written. */
export class RowsProgress {
  readonly #closure: Closure;
  readonly #total: number;
  readonly #course: Course;
  readonly #tell: OnProgress;
  /** Of the model that is written. */
  #model = '';
  #left = 0;
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

  written({ model, objects, bytes }: Lines): void {
    if (model !== this.#model) this.#left = countOf(this.#closure, model);
    this.#model = model;
    this.#left -= objects;
    this.#rows += objects;
    this.#size += bytes.length;
    if (this.#rows === 0 || (this.#left > 0 && this.#rows < rowsAtOnce && this.#size < bytesAtOnce)) return;
    this.#done += this.#rows;
    this.#bytes += this.#size;
    const event = { stage: 'rows', model, done: this.#rows, total: countOf(this.#closure, model) } as const;
    this.#rows = 0;
    this.#size = 0;
    this.#tell(this.#course.told(event, { done: this.#done, total: this.#total, exact: true, bytes: this.#bytes }));
  }
}
