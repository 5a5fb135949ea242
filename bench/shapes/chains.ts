import type { MakeShape, Shape } from './shape.js';
import { numbers, scaled } from './shape.js';

/** A prime beyond the number of rows: the keys lie in another order than the rows lead to each other. */
const prime = 1_000_003;

/** The key of the row at a place from 1 on. */
function keyAt(place: number | string): string {
  return `(${String(place)}::bigint * 7919 % ${String(prime)})`;
}

/** Nodes of which each leads to the one that an expression of its place `i` names, but the first; with a note at one in ten. */
function nodes(count: number, parentPlace: string, from: number, taken: Shape['objects']): Shape {
  return {
    sql: [
      `CREATE TABLE node (id bigint PRIMARY KEY, parent_id bigint, name text NOT NULL);
       CREATE TABLE note (id bigint PRIMARY KEY, node_id bigint NOT NULL, body text NOT NULL)`,
      `INSERT INTO node SELECT ${keyAt('i')}, CASE WHEN i > 1 THEN ${keyAt(parentPlace)} END, 'Node ' || i FROM ${numbers(count)}`,
      `INSERT INTO note SELECT i, ${keyAt('i')}, 'Note ' || i FROM ${numbers(count)} WHERE i % 10 = 0`,
      `CREATE INDEX ON node (parent_id); CREATE INDEX ON note (node_id);
       ALTER TABLE node ADD FOREIGN KEY (parent_id) REFERENCES node;
       ALTER TABLE note ADD FOREIGN KEY (node_id) REFERENCES node`,
    ],
    object: `public.node.${String((from * 7919) % prime)}`,
    follow: 'owned',
    objects: taken,
  };
}

/** Each node leads to the one before it: from the first one all others are reached, one a level. */
export const chainFromBeginning: MakeShape = (scale) =>
  nodes(scaled(1_000_000, scale), '(i - 1)', 1, { node: 'SELECT * FROM node', note: 'SELECT * FROM note' });

/** What the last node needs is all others; what belongs to those stays at home. */
export const chainFromEnd: MakeShape = (scale) => {
  const count = scaled(1_000_000, scale);
  const last = `SELECT * FROM note WHERE node_id = ${keyAt(count)}`;
  return nodes(count, '(i - 1)', count, { node: 'SELECT * FROM node', note: last });
};

/** A binary tree of twenty levels. */
export const tree: MakeShape = (scale) =>
  nodes(scaled(1_000_000, scale), '(i / 2)', 1, { node: 'SELECT * FROM node', note: 'SELECT * FROM note' });
