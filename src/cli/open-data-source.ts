import type { DataSource } from 'typeorm';
import type { FilesOf } from '../export/files-context.js';
import type { ExportProfile } from '../policy/export-profile.js';
import type { Policy } from '../policy/policy.js';
import type { RowPolicyHook } from '../policy/row-policy-hook.js';
import { profileOfSeeds } from '../profiles/load-profile.js';
import type { Profile, ProfileValues } from '../profiles/profile.js';
import type { SharedArguments } from './shared-options.js';

/** What a command works on. */
export interface Opened {
  readonly dataSource: DataSource;
  readonly policy: Policy | undefined;
  /** Of the profile: which files rows name. */
  readonly filesOf?: FilesOf | undefined;
  readonly rowPolicy: RowPolicyHook | undefined;
  /** Under which profile, and with which of its options. */
  readonly profile?: ExportProfile | undefined;
  /** Formats of the profile. */
  readonly layouts?: Profile['layouts'] | undefined;
}

/** What for: rows are to leave, for one; then a profile lets nothing through that it does not know. */
export interface OpenFor {
  readonly exports?: boolean | undefined;
  /** What the user names: seeds choose a profile by themselves. */
  readonly objects?: readonly string[] | undefined;
  /** What was said of the profile's options. */
  readonly values?: ProfileValues | undefined;
}

/** Opens the data source that the options name, with the user's policy; under a profile, with what that knows. */
export async function openDataSource(args: SharedArguments, use: OpenFor = {}): Promise<Opened> {
  const name = args.profile ?? profileOfSeeds(use.objects ?? []);
  const { initializeDataSource } = await import('../source/initialize-data-source.js');
  const { loadDriver } = await import('../source/load-driver.js');
  loadDriver();
  // A profile needs a connection only: a data source found by chance may be another application's.
  const loaded = await (name !== undefined && args.url !== undefined && args.dataSource === undefined
    ? connectionOf(args.url)
    : load(args));
  const policy = await policyOf(args, loaded.file, use.exports ?? false);
  if (name === undefined) {
    await initializeDataSource(loaded.dataSource, loaded.file);
    return { dataSource: loaded.dataSource, policy, rowPolicy: undefined };
  }
  const { loadModule } = await import('../source/load-module.js');
  const { loadProfile } = await import('../profiles/load-profile.js');
  const { openProfile } = await import('../profiles/open-profile.js');
  const profile = await loadProfile(name, (file) => loadModule(file, 'PROFILE_BROKEN'));
  const profiled = await openProfile({
    profile,
    dataSource: loaded.dataSource,
    policy,
    values: use.values,
    exports: use.exports ?? false,
    initialize: (dataSource) => initializeDataSource(dataSource, loaded.file),
  });
  return { dataSource: loaded.dataSource, ...profiled, layouts: profile.layouts };
}

interface Loaded {
  readonly dataSource: DataSource;
  readonly file: string | undefined;
}

async function load(args: SharedArguments): Promise<Loaded> {
  const { loadDataSource } = await import('../source/load-data-source.js');
  return loadDataSource({ file: args.dataSource, url: args.url, exportName: args.exportName, cwd: process.cwd() });
}

async function connectionOf(url: string): Promise<Loaded> {
  const { dataSourceOf } = await import('../source/data-source-of.js');
  return { dataSource: await dataSourceOf(url), file: undefined };
}

/** The one that is named, else the one that lies beside the data source; what the latter approves holds for all that is to leave. */
async function policyOf(args: SharedArguments, beside: string | undefined, exports: boolean): Promise<Policy | undefined> {
  const named = args.policy === undefined ? undefined : await readPolicy(args.policy, '');
  const site = beside === undefined || (named !== undefined && !exports) ? undefined : await readPolicy(undefined, beside);
  if (named === undefined || site === undefined || site.file === named.file) return (named ?? site)?.policy;
  const { withSiteApproval } = await import('../policy/with-site-approval.js');
  return withSiteApproval(named.policy, site.policy);
}

async function readPolicy(
  file: string | undefined,
  beside: string,
): Promise<{ readonly policy: Policy; readonly file: string } | undefined> {
  const { loadPolicyFile } = await import('../source/load-policy-file.js');
  const loaded = await loadPolicyFile(file, beside);
  if (loaded === undefined) return undefined;
  const { parsePolicy } = await import('../policy/parse-policy.js');
  const policy = await parsePolicy(loaded.policy, loaded.file);
  if (policy.approval === undefined) return { policy, file: loaded.file };
  const { approvalsOf } = await import('../policy/approval.js');
  const approval = approvalsOf(policy).map((one) => ({ ...one, where: loaded.file }));
  return { policy: { ...policy, approval }, file: loaded.file };
}
