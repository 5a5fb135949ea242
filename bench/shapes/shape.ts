import type { FollowRule } from '../../src/index.js';

/** Our own archive, or the files of the shape's profile. */
export type ShapeFormat = 'portolan' | 'zulip';

/** Tables of one shape, an object of them to export, and the rows that must leave with it. */
export interface Shape {
  /** The tables and their rows, then what is cheaper to build after them. No entity maps them. */
  readonly sql: readonly string[];
  /** Whether the database is vacuumed and analysed before it is read. */
  readonly analysed?: false;
  /** Read from a hot standby, or by way of a pooler in transaction mode. */
  readonly through?: 'standby' | 'pooler';
  /** Under which profile it leaves; then in the profile's own format, too. */
  readonly profile?: 'zulip';
  readonly object: string;
  readonly follow: FollowRule;
  /** By table, a SELECT of its rows that leave as objects. */
  readonly objects: Readonly<Record<string, string>>;
  /** By join table, a SELECT of its rows that leave. */
  readonly links?: Readonly<Record<string, string>>;
}

/** A shape at a part of its full size: 1 is the benchmark's, a test takes a thousandth of it. */
export type MakeShape = (scale: number) => Shape;

/** So many rows, but some. */
export function scaled(full: number, scale: number): number {
  return Math.max(4, Math.round(full * scale));
}

/** `1 … count`, as `i`. */
export function numbers(count: number): string {
  return `generate_series(1::bigint, ${String(count)}) i`;
}
