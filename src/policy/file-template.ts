/** What a policy says of a file's path: texts and the columns between them. `column` alone is a path that one column holds. */
export interface FileTemplate {
  /** Names of columns, as they are written. */
  readonly columns: readonly string[];
  /** One more than columns. */
  readonly texts: readonly string[];
}

/** `{realm}/{id}.png`, or the name of a column. */
export function fileTemplate(path: string): FileTemplate {
  const parts = path.includes('{') ? path.split(/\{([^{}]+)\}/u) : ['', path, ''];
  return {
    texts: parts.filter((_, at) => at % 2 === 0),
    columns: parts.filter((_, at) => at % 2 === 1).map((name) => name.trim()),
  };
}

/** The path of a row with these values; undefined where it names no file. */
export function filledTemplate({ texts }: FileTemplate, values: readonly (string | null)[]): string | undefined {
  if (values.some((value) => value === null || value === '')) return undefined;
  return texts.map((text, at) => `${text}${values[at] ?? ''}`).join('');
}
