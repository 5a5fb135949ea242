/**
 * Portolan as a library: everything the command line does.
 *
 * @packageDocumentation
 */
export { exportObjects } from './export/export-objects.js';
export type { ExportOptions, ExportResult } from './export/export-options.js';
export type { Layout, LayoutContext } from './export/layout.js';
export { explainObjects } from './export/explain-objects.js';
export type { BoundaryOf, Explanation, WhyStep } from './export/explain-objects.js';
export { importObjects } from './import/import-objects.js';
export type { ImportOptions, ImportResult } from './import/import-options.js';
export { diffArchives } from './compare/diff-archives.js';
export { diffDatabase } from './compare/diff-database.js';
export type { DiffDatabaseOptions, DiffOptions, DiffResult } from './compare/diff-options.js';
export { graphHash } from './compare/graph-hash.js';
export { mergeArchives } from './compare/merge-archives.js';
export type { MergeConflict, MergeOptions, MergeResult } from './compare/merge-options.js';
export type { DifferenceLine } from './compare/difference.js';
export { claimPlaceholder } from './claim/claim-placeholder.js';
export type { ClaimOptions, ClaimResult } from './claim/claim-options.js';
export { deleteObjects } from './delete/delete-objects.js';
export type { DeleteOptions, DeleteResult } from './delete/delete-options.js';
export type { DeletePlan, KeptObject } from './delete/delete-plan.js';
export { undoJournal } from './undo/undo-journal.js';
export type { UndoConflict, UndoCounts, UndoOptions, UndoResult } from './undo/undo-options.js';
export { openArchive } from './archive/open-archive.js';
export { resealArchive } from './archive/reseal-archive.js';
export { verifyArchive } from './archive/verify-archive.js';
export type { ArchiveHeader, ArchiveObject, ArchiveTrailer, ArchiveValue } from './archive/archive.js';
export { loadProfile } from './profiles/load-profile.js';
export { openProfile } from './profiles/open-profile.js';
export type { ProfileOptions } from './profiles/open-profile.js';
export type { Profile, ProfileOption, ProfileValues } from './profiles/profile.js';
export { modelFingerprints, schemaFingerprint } from './convert/fingerprint.js';
export type { ColumnConverter, ColumnSql, Converter, ModelConverter, ModelForm, NewColumn } from './policy/converter.js';
export { definePolicy } from './policy/policy.js';
export type { AbsentRule } from './inside/absent-rule.js';
export type { Approval, ApprovedMode, ApprovedModel } from './policy/approval.js';
export type { ExportProfile, RecordedProfile } from './policy/export-profile.js';
export { summarizeContent } from './archive/summarize-content.js';
export type { ContentSummary } from './archive/summarize-content.js';
export { copyFiles } from './files/copy-files.js';
export type { CopyFilesOptions } from './files/copy-files.js';
export { localFileStore } from './files/local-file-store.js';
export { objectFileStore } from './files/object-file-store.js';
export { localFiles } from './files/local-files.js';
export { objectFiles } from './files/object-files.js';
export { placedFiles } from './files/placed-files.js';
export type { FileDraft, FileSink, FileSource, FileState, FoundFile, StoredFacts } from './files/file-source.js';
export type { FileStore, FileTransaction } from './files/file-store.js';
export type { CopiedFile, FileOwner, NamedFile, StoredObject } from './files/named-file.js';
export type { FilesContext, FilesOf, LeavingValues } from './export/files-context.js';
export type {
  Policy,
  ModelPolicy,
  DeclaredReference,
  FollowPolicy,
  EdgeOfWorld,
  OnDelete,
  RowPolicy,
  RowRule,
} from './policy/policy.js';
export type { RowPolicyContext, RowPolicyHook, SeedPolicy } from './policy/row-policy-hook.js';
export { FailedError, PortolanError, RefusedError, UsageError } from './errors/portolan-error.js';
export { errorCodes } from './errors/error-codes.js';
export { Findings } from './findings/finding.js';
export type { Finding } from './findings/finding.js';
export type { QueryEvent } from './dialect/query-event.js';
export type { OverallProgress, ProgressEvent } from './progress.js';
export type { ConflictStrategy, FollowRule, MergeRule, MissingRule, RemapRule } from './terms.js';
