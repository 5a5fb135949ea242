import type { ExportSizes } from './export-sizes.js';

/** Owners of links whose number per owner is not known yet. */
const fewOwners = 1000;

/** How many rows of a model make a unit: where each has hundreds of links, fewer, as all links of a unit are in memory at once. */
export class UnitSize {
  readonly #sizes: ExportSizes;
  #rows = 0;
  #links = 0;

  constructor(sizes: ExportSizes) {
    this.#sizes = sizes;
  }

  /** What a unit turned out to have. */
  note(rows: number, links: number): void {
    this.#rows += rows;
    this.#links += links;
  }

  get rows(): number {
    const { unit, links } = this.#sizes;
    if (this.#rows === 0) return Math.min(unit, fewOwners);
    return Math.max(1, Math.min(unit, Math.floor((links * this.#rows) / Math.max(1, this.#links))));
  }
}
