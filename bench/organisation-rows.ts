/**
 * The exported organisation. Keys go round by their remainder modulo 4: 1 and 2 are its rows, 0 and 3 those of its two
 * neighbours, so that it is half of every table and never a range of it. Every reference keeps the remainder.
 */
export const organisation = 2;

/** An organisation without anything: what an export or an import of it takes is what every one takes. */
export const emptyOrganisation = 4;

/** Objects of each kind that the organisation has at a size; together as near to the size as whole groups of four allow. */
export function organisationCounts(size: number): Readonly<Record<'member' | 'project' | 'label' | 'task' | 'comment', number>> {
  const even = (share: number): number => Math.max(2, Math.round((size * share) / 2) * 2);
  return { member: even(0.04), project: even(0.008), label: even(0.002), task: even(0.25), comment: even(0.7) };
}

/** Fills the tables inside the database; always the same rows for a size. */
export function generateRows(size: number): readonly string[] {
  const half = organisationCounts(size);
  const [members, projects, labels, tasks, comments] = [
    half.member * 2,
    half.project * 2,
    half.label * 2,
    half.task * 2,
    half.comment * 2,
  ];
  return [
    `INSERT INTO organisation SELECT i, 'Organisation ' || i, 'organisation-' || i, ${moment('i')} FROM generate_series(1, ${String(emptyOrganisation)}) i`,
    `INSERT INTO member SELECT i, ${owner}, nullif(i / 32 * 4 + i % 4, i % 4), 'member' || i || '@example.org', 'Mémber № ' || i, i % 9 <> 0,
       date '2015-01-01' + (i % 3650)::integer, jsonb_build_object('theme', i % 3, 'digest', i % 2 = 0, 'signature', 'Regards, ' || i)
       FROM generate_series(1::bigint, ${String(members)}) i`,
    `INSERT INTO project SELECT i, ${owner}, ${sameOwner(members, 1)}, 'Project ' || md5(i::text), (i * 7919 % 10000000) / 100.0
       FROM generate_series(1, ${String(projects)}) i`,
    `INSERT INTO label SELECT i, ${owner}, 'label "' || i || '"', lpad(to_hex(i * 7919 % 16777216), 6, '0') FROM generate_series(1, ${String(labels)}) i`,
    `INSERT INTO task SELECT i, ${sameOwner(projects, 2)}, CASE WHEN i % 5 <> 0 THEN ${sameOwner(members, 3)} END,
       'Task ' || i || ': ' || md5(i::text), 'First line of ' || i || E'\\nand a second one\\twith a tab — ' || md5((i * 3)::text),
       i % 5, CASE WHEN i % 3 = 0 THEN i % 800 / 8.0 END, i % 4 < 2, ${moment('i')}
       FROM generate_series(1::bigint, ${String(tasks)}) i`,
    `INSERT INTO task_label SELECT i, l FROM generate_series(1::bigint, ${String(tasks)}) i
       CROSS JOIN LATERAL (SELECT ${sameOwner(labels, 4)} l UNION SELECT ${sameOwner(labels, 5)}) two WHERE i % 3 <> 0`,
    `INSERT INTO comment SELECT i, ${sameOwner(tasks, 6)}, ${sameOwner(members, 7)},
       'Comment ' || i || ' says: ' || repeat(md5(i::text) || ' ', (i % 4)::integer + 1), ${moment('i')}, CASE WHEN i % 10 = 0 THEN ${moment('i + 60')} END
       FROM generate_series(1::bigint, ${String(comments)}) i`,
  ];
}

const owner = `CASE i % 4 WHEN 0 THEN 1 WHEN 3 THEN 3 ELSE ${String(organisation)} END`;

/** A scattered key, from 1 to `count`, of the same organisation as `i`. */
function sameOwner(count: number, salt: number): string {
  const group = `(i::bigint * 2654435761 + ${String(salt * 40_503)}) % 4294967296 % ${String(count / 4)} * 4`;
  return `${group} + CASE i % 4 WHEN 0 THEN 4 ELSE i % 4 END`;
}

function moment(number: string): string {
  return `timestamptz '2020-01-01 00:00:00Z' + (${number}) * interval '61.000013 seconds'`;
}
