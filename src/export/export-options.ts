import type { Writable } from 'node:stream';
import type { Closure } from '../closure/closure.js';
import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { FileSource } from '../files/file-source.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { ExportProfile } from '../policy/export-profile.js';
import type { Policy } from '../policy/policy.js';
import type { RowPolicyHook } from '../policy/row-policy-hook.js';
import type { OnProgress } from '../progress.js';
import type { FollowRule } from '../terms.js';
import type { FilesOf } from './files-context.js';
import type { ArchiveFiles } from '../archive/archive.js';
import type { Layout } from './layout.js';

/** What to export and how: the options of `exportobjects`, which cli.md describes. */
export interface ExportOptions {
  /** `app.Model.key`, `Model.key`, `app.Model.a=1,b=2` or `app.Model[column=value]`. */
  readonly objects: readonly string[];
  /** A path (its extension chooses layout and compression) or a stream. Not needed for a dry run. */
  readonly output?: string | Writable | undefined;
  /** Another form than our own archive, of a profile: the output is a folder, or a `.tar` or `.tar.gz` file. */
  readonly layout?: Layout | undefined;
  readonly roots?: readonly string[] | undefined;
  readonly follow?: FollowRule | undefined;
  readonly shared?: 'full' | 'key' | undefined;
  readonly boundary?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** `Model.field`, or `*` for all. */
  readonly includeSecrets?: readonly string[] | undefined;
  readonly maxObjects?: number | undefined;
  readonly maxDepth?: number | undefined;
  /**
   * Bytes that the keys of listed rows may take in memory, about; what is more goes to a temporary file, beside the archive where that is a
   * file, and out of it at the end. The archive is the same. Default: a quarter of the memory of the machine, or of the container.
   *
   * @example
   * await exportObjects(dataSource, { objects: ['shop.Customer.7'], output: 'customer.json', maxMemory: 512e6 });
   */
  readonly maxMemory?: number | undefined;
  readonly dryRun?: boolean | undefined;
  readonly reproducible?: boolean | undefined;
  /** Parallel readers on one snapshot. Default: by size, at most the number of processors. */
  readonly jobs?: number | undefined;
  readonly force?: boolean | undefined;
  readonly policy?: Policy | undefined;
  /** Under which profile, for the header and approvals. */
  readonly profile?: ExportProfile | undefined;
  /** Where the files are kept that rows name: they leave with the rows. */
  readonly files?: FileSource | undefined;
  /** Which files rows name, beside those that the policy tells of. */
  readonly filesOf?: FilesOf | undefined;
  /** Leave the files at home. */
  readonly noFiles?: boolean | undefined;
  /** Asked when the objects are found, and before what they need is: what it says of models' rows is added to the policy. */
  readonly rowPolicy?: RowPolicyHook | undefined;
  /** Warnings refuse. */
  readonly strict?: boolean | undefined;
  readonly findings?: Findings | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told of each statement when it has ended. */
  readonly onQuery?: OnQuery | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Every option by name: what is none of them is refused. */
export const exportOptionNames: Readonly<Record<keyof ExportOptions, true>> = Object.freeze({
  ...{ objects: true, output: true, layout: true, roots: true, follow: true, shared: true, boundary: true, exclude: true },
  ...{
    includeSecrets: true,
    maxObjects: true,
    maxDepth: true,
    maxMemory: true,
    dryRun: true,
    reproducible: true,
    jobs: true,
    force: true,
  },
  ...{ files: true, filesOf: true, noFiles: true, profile: true },
  ...{ policy: true, rowPolicy: true, strict: true, findings: true, onProgress: true, onQuery: true, signal: true },
});

export interface ExportResult {
  readonly status: 'done';
  /** Undefined after a dry run. */
  readonly output: string | undefined;
  readonly objects: Readonly<Record<string, number>>;
  readonly links: Readonly<Record<string, number>>;
  readonly total: number;
  readonly bytes: number;
  /** What left beside the rows; undefined where no files were asked for. */
  readonly files: ArchiveFiles | undefined;
  /** Of the finished file, of a folder its trailer's; empty after a dry run. */
  readonly sha256: string;
  /** `model.member` of each withheld column. */
  readonly withheld: readonly string[];
  readonly findings: readonly Finding[];
  /** Sets whose keys went to a temporary file have a size, and can be asked nothing else any more. */
  readonly closure: Closure;
  readonly statistics: QueryStatistics;
}
