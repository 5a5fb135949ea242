import type { z as Zod } from 'zod';

type Checks = typeof Zod;

/** What {@link Converter} promises, for a policy that somebody wrote. */
export function converterShape(z: Checks) {
  const text = z.string().min(1);
  const sql = z.strictObject({ sql: text, type: text.optional() });
  const column = z
    .strictObject({
      drop: z.literal(true).optional(),
      rename: text.optional(),
      using: text.optional(),
      type: text.optional(),
      split: z.record(z.string(), z.union([text, sql])).optional(),
    })
    .refine(
      ({ drop, rename, using, split }) => [drop, split, rename ?? using].filter((one) => one !== undefined).length === 1,
      'says one thing: drop, split, or rename and using',
    )
    .refine(({ type, using }) => type === undefined || using !== undefined, 'type goes with using');
  const model = z
    .strictObject({
      renameTo: text.optional(),
      drop: z.literal(true).optional(),
      columns: z.record(z.string(), column).optional(),
      defaults: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), sql])).optional(),
    })
    .refine(({ drop, ...others }) => drop === undefined || Object.keys(others).length === 0, 'drop stands alone');
  return z.strictObject({
    from: z.union([text, z.record(z.string(), z.union([text, z.record(z.string(), z.union([z.boolean(), text]))]))]),
    models: z.record(z.string(), model),
  });
}

/** The members that a converter can have at a path within it, for hints. */
export function converterMembers(path: readonly string[]): readonly string[] {
  const [first, , third, , fifth] = path;
  if (first !== 'models') return ['from', 'models'];
  if (third === undefined) return ['renameTo', 'drop', 'columns', 'defaults'];
  if (third === 'columns' && fifth === undefined) return ['drop', 'rename', 'using', 'type', 'split'];
  return ['sql', 'type'];
}
