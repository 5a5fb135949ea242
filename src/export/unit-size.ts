import type { ExportSizes } from './export-sizes.js';

/** Owners of links whose number per owner is not known yet. */
const fewOwners = 1000;

/**
 * How many rows of a model make a unit: where each has hundreds of links, fewer, as all links of a unit are in memory at once; where each
 * has few, more, as a unit takes one query for its rows and one for each relation.
 */
export class UnitSize {
  readonly #most: number;
  readonly #mostLinks: number;
  #rows = 0;
  #links = 0;

  /** @param relations the many-to-many relations that its objects own */
  constructor({ unit, links }: ExportSizes, relations: number) {
    this.#most = unit * (1 + relations);
    this.#mostLinks = links;
    if (relations === 0) this.note(1, 0);
  }

  /** What a unit turned out to have. */
  note(rows: number, links: number): void {
    this.#rows += rows;
    this.#links += links;
  }

  get rows(): number {
    if (this.#rows === 0) return Math.min(this.#most, fewOwners);
    return Math.max(1, Math.min(this.#most, Math.floor((this.#mostLinks * this.#rows) / Math.max(1, this.#links))));
  }
}
