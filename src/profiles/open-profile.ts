import type { DataSource } from 'typeorm';
import { readCatalog } from '../dialect/postgres/read-catalog.js';
import { openReadSession } from '../dialect/postgres/session.js';
import type { FilesOf } from '../export/files-context.js';
import type { ExportProfile } from '../policy/export-profile.js';
import type { Policy } from '../policy/policy.js';
import type { RowPolicyHook } from '../policy/row-policy-hook.js';
import { heldProfile } from './held-profile.js';
import type { Profile, ProfileValues } from './profile.js';
import { withProfilePolicy } from './with-profile-policy.js';

export interface ProfileOptions {
  readonly profile: Profile;
  /** Made safe, and not opened. Its own entities make room for the profile's. */
  readonly dataSource: DataSource;
  /** The user's, which goes before the profile's. */
  readonly policy?: Policy | undefined;
  /** What was said of the profile's options. */
  readonly values?: ProfileValues | undefined;
  /** Whether rows are to leave: then nothing may be unknown. */
  readonly exports: boolean;
  /** Opens the data source; the default is TypeORM's own way. */
  readonly initialize?: ((dataSource: DataSource) => Promise<unknown>) | undefined;
}

/** What an export or explanation under a profile is to be given. */
export interface OpenedProfile {
  /** Its name, and those of its options that are used. */
  readonly profile: ExportProfile;
  readonly policy: Policy;
  readonly rowPolicy: RowPolicyHook | undefined;
  readonly filesOf: FilesOf | undefined;
}

/**
 * Opens a data source under a profile: with the profile's entities for the tables that the database has, and the profile's policy below
 * the user's.
 *
 * @example
 * const opened = await openProfile({ profile: zulip, dataSource, exports: true });
 * await exportObjects(dataSource, { objects: ['zerver.Realm.2'], output: 'realm.json', ...opened });
 *
 * @throws UsageError PROFILE_TABLES, UNKNOWN_PROFILE, POLICY_INVALID; RefusedError NOT_CLASSIFIED, APPROVAL_EXCEEDED; FailedError NO_CONNECTION
 */
export async function openProfile(options: ProfileOptions): Promise<OpenedProfile> {
  const { profile, dataSource, policy, values = {} } = options;
  const initialize = options.initialize ?? ((one: DataSource) => one.initialize());
  const held = await heldProfile(profile, values, policy, options.exports);
  dataSource.setOptions({ entities: [] });
  await initialize(dataSource);
  try {
    const session = await openReadSession(dataSource);
    const catalog = await readCatalog(session).finally(() => session.close());
    if (options.exports) profile.refuseUnknown?.(catalog, policy);
    const entities = [...(await profile.entities(catalog))];
    const known = await held.policy(catalog);
    // TypeORM reads the entities when it connects.
    await dataSource.destroy();
    dataSource.setOptions({ entities });
    await initialize(dataSource);
    return {
      profile: { name: profile.name, options: usedOptions(profile, values) },
      policy: withProfilePolicy(known, policy),
      rowPolicy: held.rowPolicy,
      filesOf: profile.filesOf?.(values),
    };
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  }
}

/** Those that were used; of one that is on where nobody says otherwise, that it was switched off. */
function usedOptions({ options }: Profile, values: ProfileValues): ExportProfile['options'] {
  const used = options.flatMap(({ name, isOn }): readonly (readonly [string, ExportProfile['options'][string]])[] => {
    const value = values[name];
    if (isOn === true) return value === false ? [[`no-${name}`, true]] : [];
    return value === undefined || value === false ? [] : [[name, value]];
  });
  return Object.fromEntries(used);
}
