/**
 * What a module means by its default export, or by the export of a name. Compilers put the default of a CommonJS module one level deeper, where
 * `import()` gives all that it exports as its default; neither name may be a member of what is wanted.
 */
export function exportedAs(exported: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = exported['default'] ?? exported[name];
  return has(found, 'default') || has(found, name) ? (found['default'] ?? found[name]) : found;
}

function has(value: unknown, name: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}
