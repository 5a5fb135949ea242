/** A table of plain text for standard error; its first columns are words. */
export async function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  words = 1,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const drawn = new Table({
    head: [...head],
    chars: {
      mid: '',
      'left-mid': '',
      'mid-mid': '',
      'right-mid': '',
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      right: '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, at) => (at < words ? 'left' : 'right')),
  });
  for (const row of rows) drawn.push(row.map(String));
  return drawn.toString();
}
