/** Whether an expression, as the catalog writes it, names a column. */
export function mentions(expression: string, column: string): boolean {
  const names = expression.replace(/'(?:[^']|'')*'/gu, "''").match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\d_$]*/gu) ?? [];
  return names.some((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name) === column);
}
