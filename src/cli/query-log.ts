import type { QueryEvent } from '../dialect/query-event.js';
import { table } from './table.js';

/** Statements of one purpose on one table: they differ in their keys only. */
interface Group {
  readonly purpose: string;
  readonly table: string;
  times: number;
  rows: number;
  milliseconds: number;
}

/** What `--verbose` tells at last of the statements that were run. */
export class QueryLog {
  readonly #groups = new Map<string, Group>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  readonly onQuery = ({ purpose, table: name = '', rows, milliseconds }: QueryEvent): void => {
    const id = `${purpose}\0${name}`;
    const group = this.#groups.get(id) ?? { purpose, table: name, times: 0, rows: 0, milliseconds: 0 };
    group.times += 1;
    group.rows += rows;
    group.milliseconds += milliseconds;
    this.#groups.set(id, group);
  };

  /** A line for each purpose and table, what took longest first; then all together. Parallel readers wait at the same time. */
  async summary(): Promise<string> {
    const groups = [...this.#groups.values()].sort((a, b) => b.milliseconds - a.milliseconds);
    const sum = (of: (group: Group) => number): number => groups.reduce((total, group) => total + of(group), 0);
    const all = sum((group) => group.milliseconds);
    const lines = groups.map((one) => [
      ...[one.purpose, one.table, one.times, one.rows, seconds(one.milliseconds)],
      `${((one.milliseconds / Math.max(all, Number.EPSILON)) * 100).toFixed(1)} %`,
    ]);
    const told = await table(['query', 'table', 'times', 'rows', 's', 'share'], lines, 2);
    return `${told}\n${String(sum(({ times }) => times))} queries, ${String(sum(({ rows }) => rows))} rows, ${seconds(all)} s`;
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
