/** `a=1,b=2`: columns and the texts of their values, as the name of an object has them. */
export type Assignment = readonly [column: string, text: string];

/** What would be read otherwise stands between double quotes, a quote in it doubled: `a="x,b=1",b=2`. */
export function joinAssignments(assignments: readonly Assignment[]): string {
  return assignments
    .map(([column, text]) => `${isPlainColumn(column) ? column : quoted(column)}=${isPlainText(text) ? text : quoted(text)}`)
    .join(',');
}

/** A comma separates where an assignment follows it: others belong to the value. Undefined where it is no such list. */
export function splitAssignments(list: string): readonly Assignment[] | undefined {
  const assignments: Assignment[] = [];
  for (let at = 0; at <= list.length;) {
    assignment.lastIndex = at;
    const found = assignment.exec(list);
    if (found === null) return undefined;
    const [whole, quotedColumn, column = '', quotedText, text = ''] = found;
    assignments.push([
      quotedColumn === undefined ? column.trim() : unquoted(quotedColumn),
      quotedText === undefined ? text : unquoted(quotedText),
    ]);
    at += whole.length + 1;
  }
  return assignments;
}

const inQuotes = '"((?:[^"]|"")*)"';
const assignment = new RegExp(`(?:${inQuotes}|([^=]+))=(?:${inQuotes}(?=,|$)|((?:(?!,(?:"(?:[^"]|"")*"|[^,=]+)=)[^])*))`, 'uy');

function isPlainColumn(column: string): boolean {
  return column !== '' && column.trim() === column && !/[",=]/u.test(column);
}

function isPlainText(text: string): boolean {
  return !text.startsWith('"') && !text.includes(',');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function unquoted(text: string): string {
  return text.replaceAll('""', '"');
}
