import type { z as Zod } from 'zod';
import { followRules } from '../terms.js';
import type { Approval } from './approval.js';

/** What approvals look like that somebody wrote: one, or a list. */
export function approvalShape(z: typeof Zod): Zod.ZodType<readonly Omit<Approval, 'where'>[]> {
  const names = z.array(z.string().min(1));
  const model = z.union([z.enum(['all', 'key']), z.strictObject({ only: names }), z.strictObject({ except: names })], {
    error: "it is 'all', 'key', { only: […] } or { except: […] }",
  });
  const mode = z.record(z.string().min(1), z.union([z.boolean(), z.number(), z.string(), z.array(z.string())]));
  const approval = z.strictObject({
    name: z.string().min(1).optional(),
    seeds: names.optional(),
    follow: z.array(z.enum(followRules)).optional(),
    boundary: names.optional(),
    profile: z.string().min(1).optional(),
    modes: z.array(mode).min(1).optional(),
    models: z.record(z.string().min(1), model).optional(),
    secrets: names.optional(),
    maxObjects: z.int().positive().optional(),
    maxBytes: z.int().positive().optional(),
    files: z.boolean().optional(),
    formats: names.optional(),
  });
  const list = (said: unknown): readonly unknown[] => (Array.isArray(said) ? (said as readonly unknown[]) : [said]);
  return z.preprocess(list, z.array(approval)) as unknown as Zod.ZodType<readonly Omit<Approval, 'where'>[]>;
}

/** Members of an approval, for hints. */
export const approvalMembers: readonly string[] = Object.freeze(
  'name seeds follow boundary profile modes models secrets maxObjects maxBytes files formats'.split(' '),
);
