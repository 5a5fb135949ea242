/** Columns that a character takes at most on a terminal: East Asian ones and pictures take two. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const isPlain = code < 0x1100 || (code >= 0x2000 && code < 0x2e80);
  return isPlain ? 1 : 2;
}

/** How many columns a line takes at most. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Cuts a line to so many columns. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += columnsOf(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}
