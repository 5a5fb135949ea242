import type { MakeShape, Shape } from './shape.js';
import { numbers, scaled } from './shape.js';

/** A firm, its orders, their positions, and remarks on those. */
function firm(scale: number, columns: { readonly dead?: true; readonly unindexed?: true }): Shape {
  const orders = scaled(1_000_000, scale);
  const all = ['orders', 'position', 'remark'];
  const indexes = ['CREATE INDEX ON orders (firm_id)', 'CREATE INDEX ON remark (position_id)'];
  if (columns.unindexed !== true) indexes.push('CREATE INDEX ON position (order_id)');
  return {
    sql: [
      `CREATE TABLE firm (id integer PRIMARY KEY);
       CREATE TABLE orders (id integer PRIMARY KEY, firm_id integer NOT NULL, name text NOT NULL);
       CREATE TABLE position (id integer PRIMARY KEY, order_id integer NOT NULL, name text NOT NULL);
       CREATE TABLE remark (id integer PRIMARY KEY, position_id integer NOT NULL, name text NOT NULL);
       ${all.map((table) => `ALTER TABLE ${table} SET (autovacuum_enabled = off)`).join('; ')};
       INSERT INTO firm SELECT generate_series(1, 4)`,
      `INSERT INTO orders SELECT i, i % 4 + 1, 'Order ' || i FROM ${numbers(orders)}`,
      `INSERT INTO position SELECT i, (i * 7919) % ${String(orders)} + 1, 'Position ' || i FROM ${numbers(orders * 2)}`,
      `INSERT INTO remark SELECT i, (i * 7919) % ${String(orders * 2)} + 1, 'Remark ' || i FROM ${numbers(orders)}`,
      `${indexes.join('; ')};
       ALTER TABLE orders ADD FOREIGN KEY (firm_id) REFERENCES firm;
       ALTER TABLE position ADD FOREIGN KEY (order_id) REFERENCES orders;
       ALTER TABLE remark ADD FOREIGN KEY (position_id) REFERENCES position`,
      ...(columns.dead === true
        ? ['ANALYZE', ...all.map((table) => `UPDATE ${table} SET name = name || '!' WHERE id % 2 = 0`)]
        : []),
    ],
    object: 'public.firm.2',
    follow: 'owned',
    objects: {
      firm: 'SELECT * FROM firm WHERE id = 2',
      orders: 'SELECT * FROM orders WHERE firm_id = 2',
      position: 'SELECT p.* FROM position p JOIN orders o ON o.id = p.order_id WHERE o.firm_id = 2',
      remark:
        'SELECT r.* FROM remark r JOIN position p ON p.id = r.position_id JOIN orders o ON o.id = p.order_id WHERE o.firm_id = 2',
    },
  };
}

export const healthy: MakeShape = (scale) => firm(scale, {});

/** No index behind the reference by which the largest table is read. */
export const unindexed: MakeShape = (scale) => firm(scale, { unindexed: true });

/** Nobody has counted the rows: the planner knows nothing of them. */
export const unanalysed: MakeShape = (scale) => ({ ...firm(scale, {}), analysed: false });

/** A third of each table is versions of rows that nobody sees any more, and the statistics are those of before. */
export const bloated: MakeShape = (scale) => ({ ...firm(scale, { dead: true }), analysed: false });

/** Read only, and without temporary tables. */
export const onStandby: MakeShape = (scale) => ({ ...firm(scale, {}), through: 'standby' });

/** Nothing that a session sets outlives a transaction. */
export const throughPooler: MakeShape = (scale) => ({ ...firm(scale, {}), through: 'pooler' });
