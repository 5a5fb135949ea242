import { escapeCopy } from './copy-text.js';

/** COPY text with other texts in some columns; what stands between them is taken as it is. */
export function editLine(line: string, edits: readonly (string | null | undefined)[]): string {
  let text = '';
  let taken = 0;
  let start = 0;
  for (let at = 0; at < edits.length; at += 1) {
    const tab = line.indexOf('\t', start);
    const end = tab < 0 ? line.length : tab;
    const edit = edits[at];
    if (edit !== undefined) {
      text += line.slice(taken, start) + escapeCopy(edit);
      taken = end;
    }
    start = end + 1;
  }
  return text + line.slice(taken);
}
