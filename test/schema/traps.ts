/** The forty traps of TypeORM that issue 3 lists, and the folder of tests that holds each with its number in the title: `(T-21)`. */
export const traps: Readonly<Record<string, string>> = Object.freeze({
  'T-1': 'values', // timestamps as Date lose microseconds
  'T-2': 'values', // timestamp without time zone shifts by the process's zone
  'T-3': 'values', // date becomes a local Date
  'T-4': 'values', // infinity and BC
  'T-5': 'values', // int8 and the global parser
  'T-6': 'values', // numbers and key order in json
  'T-7': 'values', // JSON null against SQL NULL
  'T-8': 'values', // enum arrays with commas
  'T-9': 'values', // simple-array, ltree, interval, point, cube, hstore
  'T-10': 'values', // ranges, floats and money depend on settings
  'T-11': 'values', // bytea as Buffer
  'T-12': 'export', // transformers run on hydration
  'T-13': 'dialect', // SQLite: refused
  'T-14': 'export', // select: false
  'T-15': 'export', // soft-deleted rows are hidden
  'T-16': 'closure', // inner joins lose orphans
  'T-17': 'closure', // composite keys joined by _
  'T-18': 'export', // columns the metadata does not know
  'T-19': 'export', // virtual columns, eager relations
  'T-20': 'export', // decorators and EntitySchema are kept apart
  'T-21': 'export', // shared join columns are clones
  'T-22': 'export', // foreign keys of closure tables over composite keys
  'T-23': 'import', // explicit values of generated columns are ignored
  'T-24': 'import', // GENERATED ALWAYS identity
  'T-25': 'import', // sequences stay behind
  'T-26': 'import', // stored generated columns
  'T-27': 'import', // single-table inheritance writes the root's discriminator
  'T-28': 'import', // version and update date move by themselves
  'T-29': 'dialect', // errors carry rows
  'T-30': 'import', // limits of bind parameters
  'T-31': 'import', // nullable mutual references
  'T-32': 'closure', // falsy keys
  'T-33': 'dialect', // parameters are rewritten
  'T-34': 'source', // initialize() drops, migrates, synchronizes
  'T-35': 'source', // CREATE EXTENSION
  'T-36': 'source', // logs on standard output
  'T-37': 'dialect', // reads from a replica
  'T-38': 'dialect', // stream()
  'T-39': 'dialect', // concurrent queries on one client
  'T-40': 'export', // keys inside paths and closure tables
});
