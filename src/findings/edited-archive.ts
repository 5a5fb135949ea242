import type { Findings } from './finding.js';

/** What is said of an archive that was edited and sealed again. */
export const editedArchive = 'somebody edited this archive after it was exported';

/** Notes it where the header tells so. */
export function noteEdited(findings: Findings, name: string, { edited }: { readonly edited?: boolean | undefined }): void {
  if (edited === true) findings.note('edited-archive', name, editedArchive);
}
