import { join } from 'node:path';

type Select = readonly [table: string, select: string];

/** Selects the rows of one organisation, by table, for the plain COPY that the runs are compared with. */
export function organisationSelects(
  organisation: number,
  columns: (alias: string) => string = (alias) => `${alias}.*`,
): readonly Select[] {
  const id = String(organisation);
  const tasks = `task t JOIN project p ON p.id = t.project_id`;
  return [
    ['organisation', `SELECT ${columns('o')} FROM organisation o WHERE o.id = ${id}`],
    ['member', `SELECT ${columns('m')} FROM member m WHERE m.organisation_id = ${id}`],
    ['project', `SELECT ${columns('p')} FROM project p WHERE p.organisation_id = ${id}`],
    ['label', `SELECT ${columns('l')} FROM label l WHERE l.organisation_id = ${id}`],
    ['task', `SELECT ${columns('t')} FROM ${tasks} WHERE p.organisation_id = ${id}`],
    ['task_label', `SELECT ${columns('x')} FROM task_label x JOIN ${tasks} ON t.id = x.task_id WHERE p.organisation_id = ${id}`],
    ['comment', `SELECT ${columns('c')} FROM comment c JOIN ${tasks} ON t.id = c.task_id WHERE p.organisation_id = ${id}`],
  ];
}

/** The same rows, and none of them equal: one column of each has another value. Links have none to change. */
export function otherRowsSelects(organisation: number): readonly Select[] {
  const changed: Readonly<Record<string, string>> = { t: 'title', c: 'body', x: '' };
  return organisationSelects(organisation, (alias) => {
    const column = changed[alias] ?? 'name';
    return column === '' ? `${alias}.*` : `(jsonb_populate_record(${alias}, '{"${column}": "another"}')).*`;
  });
}

/** As plain COPY writes a JSON line: a quote and a delimiter that no JSON text has leave it as it is. */
export function copyAsLines(select: string): string {
  return `COPY (SELECT row_to_json(__r) FROM (${select}) __r) TO STDOUT (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')`;
}

/** Where the rows of a table are, as COPY wrote them. */
export function copyFile(folder: string, organisation: number, table: string): string {
  return join(folder, `${String(organisation)}-${table}.copy`);
}
