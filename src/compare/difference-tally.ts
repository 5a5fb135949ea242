import type { Findings } from '../findings/finding.js';
import type { Difference, DifferenceLine } from './difference.js';
import { differenceLine } from './difference.js';
import type { DiffResult } from './diff-options.js';

/** Differences that are kept in full; the rest is counted. */
const differencesKept = 1000;

type Counts = Map<string, number>;

/** Counts what a comparison finds, and keeps the first of it. */
export class DifferenceTally {
  readonly #verbose: boolean;
  readonly #objects: Readonly<Record<'insert' | 'update' | 'delete', Counts>> = {
    insert: new Map(),
    update: new Map(),
    delete: new Map(),
  };
  readonly #same: Counts = new Map();
  readonly #columns: Counts = new Map();
  readonly #links: Readonly<Record<'insert' | 'delete', Counts>> = { insert: new Map(), delete: new Map() };
  readonly #roles: Counts = new Map();
  readonly #kept: DifferenceLine[] = [];
  #count = 0;

  constructor(verbose: boolean) {
    this.#verbose = verbose;
  }

  same(model: string, count = 1): void {
    add(this.#same, model, count);
  }

  /** One that is owned here and shared there. */
  otherRole(model: string): void {
    add(this.#roles, model, 1);
  }

  /** Returns what a plan says of it. */
  add(difference: Difference): DifferenceLine {
    const { model, decision, columns, links } = difference;
    add(this.#objects[decision], model, 1);
    for (const member of columns) add(this.#columns, `${model}.${member}`, 1);
    for (const link of links) {
      const name = `${model}.${link.member}`;
      if (link.insert.length > 0) add(this.#links.insert, name, link.insert.length);
      if (link.delete.length > 0) add(this.#links.delete, name, link.delete.length);
    }
    const line = differenceLine(difference, this.#verbose);
    this.#count += 1;
    if (this.#kept.length < differencesKept) this.#kept.push(line);
    return line;
  }

  result(schema: readonly string[], findings: Findings): DiffResult {
    for (const [model, count] of this.#roles)
      findings.note('other-role', model, `${String(count)} of its objects are owned in one archive and shared in the other`);
    const unlisted = this.#count - this.#kept.length;
    if (unlisted > 0)
      findings.note('differences-not-listed', 'diff', `${String(unlisted)} more differences are counted, not listed`);
    const { insert, update, delete: gone } = this.#objects;
    return Object.freeze({
      status: this.#count === 0 && schema.length === 0 ? 'same' : 'different',
      objects: { insert: record(insert), update: record(update), delete: record(gone), same: record(this.#same) },
      links: { insert: record(this.#links.insert), delete: record(this.#links.delete) },
      columns: record(this.#columns),
      schema,
      differences: this.#kept,
      findings: findings.all,
    });
  }
}

function add(counts: Counts, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function record(counts: Counts): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
