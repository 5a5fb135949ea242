/**
 * Whether a text can be put behind a value of the type and give another of it: not so of a date or an `inet`. Of a type that an extension or the
 * application made, which is named with its schema, only the database could say.
 *
 * @param type as `format_type` writes it: `character varying(20)`, `public.citext`
 */
export function takesSuffix(type: string): boolean {
  return /^(?:text|name|bpchar|character(?: varying)?(?:\(\d+\))?)$/u.test(type) || /\.[^[]*$/u.test(type);
}
