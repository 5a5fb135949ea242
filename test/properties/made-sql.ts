import { literal } from './key-kinds.js';
import type { MadeDatabase, MadeTable } from './made-database.js';

/** The tables and constraints of a made database, and its rows. */
export function madeSql({ tables, references }: MadeDatabase): { readonly schema: string; readonly rows: string } {
  const constraints = references
    .filter(({ constraint }) => constraint !== 'none')
    .map(({ child, columns, parent, parentColumns, constraint, deferrable }) => {
      const options = `${deferrable ? ' DEFERRABLE' : ''}${constraint === 'not valid' ? ' NOT VALID' : ''}`;
      return `ALTER TABLE ${child} ADD FOREIGN KEY (${columns.join()}) REFERENCES ${parent} (${parentColumns.join()})${options}`;
    });
  const rows = tables.flatMap((table) =>
    table.rows.map((row) => `INSERT INTO ${table.name} VALUES (${row.map(literal).join()})`),
  );
  return { schema: [...tables.map(createTable), ...constraints].join(';\n'), rows: rows.join(';\n') };
}

function createTable({ name, key, primary, columns, uniques }: MadeTable): string {
  const parts = [
    ...key.columns.map(([column, type]) => `${column} ${type} NOT NULL`),
    ...columns.map((column) => `${column.name} ${column.type}${column.required ? ' NOT NULL' : ''}`),
    `${primary ? 'PRIMARY KEY' : 'UNIQUE'} (${key.columns.map(([column]) => column).join()})`,
    ...uniques.map((unique) => `UNIQUE (${unique.join()})`),
  ];
  return `CREATE TABLE ${name} (${parts.join(', ')})`;
}
