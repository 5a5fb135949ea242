import type { BatchSizes } from '../dialect/batch-sizes.js';
import { usualBatches } from '../dialect/batch-sizes.js';

/** How much is done at once. The archive does not depend on it. */
export interface ExportSizes {
  readonly batches: BatchSizes;
  /** Rows of one unit of work; where a query more is needed for their links, as many more. */
  readonly unit: number;
  /** Readers, where nobody says how many. Default: by what there is to read. */
  readonly jobs?: number;
  /** From so many keys on that a statement would name one by one, a table is read whole that has at most so many rows for each of them. */
  readonly sweep: { readonly from: number; readonly rows: number };
  /** Links of one unit of work, as far as one knows beforehand. */
  readonly links: number;
  /** Bytes of a part. Default: that of the format. It alone is seen in an archive, if that is in parts. */
  readonly part?: number;
}

/** Enough rows that a query is worth its round trip, few enough that all readers have some. */
export const usualSizes: ExportSizes = Object.freeze({
  batches: usualBatches,
  unit: 50_000,
  sweep: { from: 100_000, rows: 2 },
  links: 200_000,
});
