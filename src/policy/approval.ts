import type { FollowRule } from '../terms.js';

/**
 * What may leave, as somebody has approved it. Only an export that keeps within it is made: what goes beyond is refused before a row is
 * read. Several hold all together: one more can only narrow. What an approval does not speak of is not narrowed by it, but for secrets and files,
 * which leave only where it says so.
 */
export interface Approval {
  /** By what it is known: a ticket, a person. It stands in the header. */
  readonly name?: string;
  /** Objects that may be asked for: `app.Model.key`, `Model[column=value]`, or a model for any of its objects. */
  readonly seeds?: readonly string[];
  /** Follow rules that may be used. */
  readonly follow?: readonly FollowRule[];
  /** Models that must be boundaries. */
  readonly boundary?: readonly string[];
  /** The profile that must be used. */
  readonly profile?: string;
  /** Which options of the profile: one of these must be met. */
  readonly modes?: readonly ApprovedMode[];
  /** Models that may leave, by name (`*` stands for any part of it), and what of them: where several names mean one model, all hold. */
  readonly models?: Readonly<Record<string, ApprovedModel>>;
  /** Secrets that may leave: `Model.field`, or `*` for all. Default: none. */
  readonly secrets?: readonly string[];
  readonly maxObjects?: number;
  /** Of header, objects, trailer and files, before compression. */
  readonly maxBytes?: number;
  /** Whether files that rows name may leave. Default: no. */
  readonly files?: boolean;
  /** `portolan`, or a format of the profile. */
  readonly formats?: readonly string[];
  /** Where it is written, for messages: told by who read it. It is no part of what is approved. */
  readonly where?: string;
}

/**
 * By option as on the command line (`public-only`): what it must be (`true`, a number, a text, a list), or `required` or `allowed` with
 * whatever value. Options that are not named must not be used.
 */
export type ApprovedMode = Readonly<Record<string, boolean | number | string | readonly string[]>>;

/** All of it; key and natural key only, of rows that stay at home; of columns and links beside the key these only, or all but these. */
export type ApprovedModel = 'all' | 'key' | { readonly only: readonly string[] } | { readonly except: readonly string[] };

/** What a policy says is approved. */
export function approvalsOf({
  approval = [],
}: {
  readonly approval?: Approval | readonly Approval[] | undefined;
}): readonly Approval[] {
  return Array.isArray(approval) ? (approval as readonly Approval[]) : [approval as Approval];
}

/** What messages call it: `the approval "DPO 17" (portolan.policy.ts)`. */
export function approvalTitle({ name, where }: Approval): string {
  return `the approval${name === undefined ? '' : ` "${name}"`}${where === undefined ? '' : ` (${where})`}`;
}
