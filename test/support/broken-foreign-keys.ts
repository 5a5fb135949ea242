import type { TestDatabase } from './database.js';

/** Every foreign key of the database that does not hold: the server itself validates each anew, and nothing of that stays. */
export async function brokenForeignKeys(database: TestDatabase): Promise<readonly string[]> {
  const told = await database.query(validateAll).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  if (told?.startsWith('broken:') !== true) throw new Error(`foreign keys could not be validated: ${String(told)}`);
  return told
    .slice('broken:'.length)
    .split(',')
    .filter((name) => name !== '');
}

/** What it raises at its end takes everything back. */
const validateAll = `DO $$
DECLARE k record; broken text[] := '{}';
BEGIN
  FOR k IN SELECT conname, conrelid::regclass AS child, replace(replace(pg_get_constraintdef(oid), ' NOT VALID', ''), ' NOT ENFORCED', '') AS definition
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND to_jsonb(pg_constraint)->'conenforced' IS DISTINCT FROM 'false' LOOP
    BEGIN
      EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.child, k.conname);
      EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.child, k.conname, k.definition);
    EXCEPTION WHEN foreign_key_violation THEN broken := broken || k.conname::text;
    END;
  END LOOP;
  RAISE EXCEPTION 'broken:%', array_to_string(broken, ',');
END $$`;
