import type { ArchiveObject } from '../archive/archive.js';
import type { OtherTexts } from './followed-row.js';
import type { PlannedModel } from './planned-model.js';
import type { RemappedRows } from './remapped-rows.js';

const none: ReadonlySet<number> = new Set();
const noTexts: OtherTexts = Object.freeze([]);

/** An object that is kept, whatever its references hold: they are followed when somebody asks for the row, which few do. */
export class PlainRow {
  readonly is = 'kept';
  readonly unknown = none;
  readonly #rows: RemappedRows;
  readonly #planned: PlannedModel;
  readonly #object: ArchiveObject;

  /** @param planned of which {@link RemappedRows.isPlain} holds */
  constructor(rows: RemappedRows, planned: PlannedModel, object: ArchiveObject) {
    this.#rows = rows;
    this.#planned = planned;
    this.#object = object;
  }

  get texts(): OtherTexts {
    const row = this.#rows.follow(this.#planned, this.#object);
    return row.is === 'kept' ? row.texts : noTexts;
  }
}
