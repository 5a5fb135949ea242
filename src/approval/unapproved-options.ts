import type { Approval, ApprovedMode } from '../policy/approval.js';
import type { ExportProfile } from '../policy/export-profile.js';
import type { Problems } from '../schema/problems.js';
import { resolveModel } from '../schema/resolve-model.js';
import type { Schema } from '../schema/schema.js';
import type { FollowRule } from '../terms.js';

/** What is asked for beside objects. */
export interface AskedFor {
  readonly follow: FollowRule;
  /** Models that are boundaries. */
  readonly boundary: ReadonlySet<string>;
  readonly profile: ExportProfile | undefined;
  /** `portolan`, or that of a layout; undefined where it has no name. */
  readonly format: string | undefined;
  readonly files: boolean;
  /** Whether what was written of an output that is not finished is gone. */
  readonly takesBack: boolean;
}

/** Options that may not be used, and such as must be, a line each. */
export function unapprovedOptions(schema: Schema, asked: AskedFor, approval: Approval, problems: Problems): readonly string[] {
  const { follow, boundary = [], profile, modes, formats, files = false, maxBytes } = approval;
  const open = boundary.filter((text) => {
    const entity = problems.attempt('approval.boundary', () => resolveModel(schema, text));
    return entity !== undefined && !asked.boundary.has(entity.model);
  });
  const format = asked.format ?? 'one without a name';
  return [
    ...(follow === undefined || follow.includes(asked.follow) ? [] : [`follow: the rule ${asked.follow} may not be used`]),
    ...open.map((text) => `boundary: ${text} must be one`),
    ...(profile === undefined || profile === asked.profile?.name
      ? []
      : [`profile: it must be ${profile}, and is ${asked.profile?.name ?? 'none'}`]),
    ...(modes === undefined || modes.some((mode) => isMet(mode, asked.profile?.options ?? {}))
      ? []
      : [`modes: ${usedOptions(asked.profile)} is none of them (${modes.map(written).join(' · ')})`]),
    ...(formats === undefined || formats.includes(format) ? [] : [`formats: ${format} may not be written`]),
    ...(files || !asked.files ? [] : ['files: those that rows name may not leave (--no-files)']),
    ...(maxBytes === undefined || asked.takesBack
      ? []
      : ['maxBytes: the output must be a file, a folder or in a bucket: what goes anywhere else cannot be taken back']),
  ];
}

function isMet(mode: ApprovedMode, options: ExportProfile['options']): boolean {
  if (Object.keys(options).some((name) => !Object.hasOwn(mode, name))) return false;
  return Object.entries(mode).every(([name, wanted]) => {
    const said = Object.hasOwn(options, name) ? options[name] : undefined;
    if (wanted === 'allowed') return true;
    if (said === undefined) return wanted === false;
    return wanted === 'required' || sortedText(said) === sortedText(wanted);
  });
}

function sortedText(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? [...(value as readonly unknown[])].sort() : value);
}

/** By their names: a value can be an address. */
function usedOptions(profile: ExportProfile | undefined): string {
  const names = Object.keys(profile?.options ?? {});
  return names.length === 0
    ? 'an export without options of a profile'
    : `an export with ${names.map((name) => `--${name}`).join(', ')}`;
}

function written(mode: ApprovedMode): string {
  const names = Object.entries(mode).filter(([, wanted]) => wanted !== false);
  if (names.length === 0) return 'none';
  return names.map(([name, wanted]) => (wanted === 'allowed' ? `[--${name}]` : `--${name}`)).join(' ');
}
