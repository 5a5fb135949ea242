import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { OutputBuffer } from '../values/output-buffer.js';
import type { WrittenAs } from './followed-row.js';
import type { HeldRows } from './held-rows.js';
import type { PlannedModel } from './planned-model.js';
import type { RemappedRows } from './remapped-rows.js';

/** Compares objects of one model with rows of the target, without a text being made of either. */
export class RowTest {
  readonly #rows: RemappedRows;
  readonly #planned: PlannedModel;
  readonly #heldPlaces: ReadonlySet<number>;
  readonly #line = new OutputBuffer(Buffer.allocUnsafe(4096));

  constructor(rows: RemappedRows, planned: PlannedModel) {
    this.#rows = rows;
    this.#planned = planned;
    this.#heldPlaces = rows.heldPlaces(planned);
  }

  /** Whether the row of that key is the object. */
  isRow(rows: HeldRows, object: ArchiveObject, as: WrittenAs): boolean {
    this.#line.clear();
    this.#rows.writeLine(this.#planned, object, as, this.#line);
    this.#line.ascii('\n');
    return rows.isLine(as.key, this.#line);
  }

  /** Whether the row of that key is another one, whatever references of the object lead to. */
  differsPlainly(rows: HeldRows, object: ArchiveObject, key: Key): boolean {
    const write = (place: number): void => {
      this.#planned.target.writeColumn(object, this.#line, place);
    };
    return rows.differs(key, this.#line, write, this.#heldPlaces);
  }
}
