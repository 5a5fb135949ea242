import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import { isFileName } from '../files/file-name.js';
import { conflictStrategies, mergeRules, missingRules } from '../terms.js';
import { approvalMembers, approvalShape } from './approval-shape.js';
import { converterMembers, converterShape } from './converter-shape.js';
import type { Policy } from './policy.js';

/**
 * Reads a policy that somebody wrote, and reports all its problems at once, with the nearest names of unknown members.
 *
 * @param where the file, for messages
 * @throws UsageError POLICY_INVALID
 */
export async function parsePolicy(input: unknown, where: string): Promise<Policy> {
  const { z } = await import('zod');
  const edge = z.enum(['error', 'drop', 'stub']);
  const names = z.array(z.string().min(1));
  const model = z.strictObject({
    app: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    key: names.min(1).optional(),
    naturalKey: names.min(1).optional(),
    shared: z.enum(['full', 'key']).optional(),
    parts: names.optional(),
    onConflict: z.enum(conflictStrategies).optional(),
    merge: z.enum(mergeRules).optional(),
    keySuffix: z.string().min(1).optional(),
    missing: z.enum(missingRules).optional(),
    fill: z.record(z.string(), z.string().nullable()).optional(),
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1),
          under: z
            .string()
            .refine(isFileName, { message: 'a folder is named by a relative path without ".." and "\\\\"' })
            .optional(),
          optional: z.boolean().optional(),
        }),
      )
      .optional(),
    rows: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .refine((name) => name !== 'boundary' && name !== 'exclude', 'is a name that says something else'),
          keep: z.string().min(1),
          otherwise: edge,
        }),
      )
      .optional(),
    whole: z.boolean().optional(),
    values: z.record(z.string(), z.string().min(1)).optional(),
  });
  const schema = z.strictObject({
    models: z.record(z.string(), model).optional(),
    joinTables: names.optional(),
    references: z
      .array(
        z.strictObject({
          from: z.string().min(1),
          to: z.string().min(1),
          array: z.literal(true).optional(),
          path: z.string().min(1).optional(),
          pattern: z.string().min(1).optional(),
          when: z.strictObject({ column: z.string().min(1), value: z.string() }).optional(),
          mention: z.literal(true).optional(),
          absent: z.union([z.enum(['keep', 'null']), z.strictObject({ value: z.string() })]).optional(),
        }),
      )
      .optional(),
    follow: z
      .record(
        z.string(),
        z.strictObject({
          up: z.enum(['follow', 'cut']).optional(),
          down: z.enum(['follow', 'skip']).optional(),
          where: z.string().min(1).optional(),
          limit: z.int().min(0).optional(),
          onDelete: z.enum(['delete', 'nullify', 'keep']).optional(),
        }),
      )
      .optional(),
    boundary: z.record(z.string(), edge).optional(),
    exclude: z.record(z.string(), edge).optional(),
    roots: names.optional(),
    shared: z.enum(['full', 'key']).optional(),
    secrets: z.record(z.string(), z.enum(['secret', 'public'])).optional(),
    maxObjects: z.int().positive().optional(),
    maxDepth: z.int().min(0).optional(),
    approval: approvalShape(z).optional(),
    highlight: z.record(z.string().min(1), names.min(1)).optional(),
    converters: z.array(converterShape(z)).optional(),
  });
  const result = schema.safeParse(input);
  if (result.success) return Object.freeze(result.data) as Policy;
  const problems = result.error.issues.map((issue) => {
    const at = issue.path.map(String);
    const hints = issue.code === 'unrecognized_keys' ? issue.keys.flatMap((key) => didYouMean(key, membersAt(at)) ?? []) : [];
    return [`- ${at.length === 0 ? 'policy' : at.join('.')}: ${issue.message}`, ...hints].join('. ');
  });
  throw new UsageError('POLICY_INVALID', `${where} is not a valid policy:\n${problems.join('\n')}`);
}

/** The members that a policy can have at a path, for hints. */
function membersAt(path: readonly string[]): readonly string[] {
  const [first, , third] = path;
  if (first === 'models') {
    if (third === 'files') return ['path', 'under', 'optional'];
    if (third === 'rows') return ['name', 'keep', 'otherwise'];
    return 'app name key naturalKey shared parts onConflict merge keySuffix missing fill files rows whole values'.split(' ');
  }
  if (first === 'references')
    return third === 'when' ? ['column', 'value'] : ['from', 'to', 'array', 'path', 'pattern', 'when', 'mention', 'absent'];
  if (first === 'follow') return ['up', 'down', 'where', 'limit', 'onDelete'];
  if (first === 'approval') return third === undefined ? approvalMembers : ['only', 'except'];
  if (first === 'converters') return converterMembers(path.slice(2));
  return 'models joinTables references follow boundary exclude roots shared secrets maxObjects maxDepth approval highlight converters'.split(
    ' ',
  );
}
