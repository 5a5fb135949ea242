/** Keys in one statement. What comes out does not depend on them. */
export interface BatchSizes {
  readonly integers: number;
  readonly texts: number;
}

/** A few megabytes of text, however long a key is. */
export const usualBatches: BatchSizes = Object.freeze({ integers: 400_000, texts: 50_000 });
