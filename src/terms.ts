/**
 * Terminology, used alike in code, messages and documents.
 *
 * - object: one row of one entity, written `app.Model.key`
 * - key: the primary key of an object: one column or several
 * - reference: an edge of the schema: columns of a child table that hold the key (or unique columns) of a parent table
 * - parent, child: the referenced row, the referencing row; following a reference up goes child → parent
 * - link: a row of a many-to-many join table
 * - declared reference: one that no constraint shows
 * - seed: an object the user names
 * - owned: a seed, or a row reached down from an owned row
 * - shared: a row that is only there because another row needs it
 * - part: a row that goes wherever its parent goes
 * - closure: the set of rows an export takes
 * - boundary: an entity whose other instances must never be entered
 * - external object: one that is referenced but stays at home: known by key and natural key
 * - policy: what is followed, cut, excluded, matched by natural key
 * - archive: the exported file(s): header, objects, trailer
 * - change set: a stream of decisions, one per object
 * - finding: one thing worth telling: kind, object, reason
 */
export type FollowRule = 'dependencies' | 'owned' | 'connected';

export const followRules = Object.freeze(['dependencies', 'owned', 'connected'] as const satisfies readonly FollowRule[]);

/** What an import does with an object whose key or unique columns are taken by a different row. */
export type ConflictStrategy = 'fail' | 'skip' | 'override' | 'remap';

export const conflictStrategies = Object.freeze([
  'fail',
  'skip',
  'override',
  'remap',
] as const satisfies readonly ConflictStrategy[]);

/** Which objects get new keys under the strategy `remap`: all, or those whose key is taken by a different row. */
export type RemapRule = 'all' | 'conflicts';

export const remapRules = Object.freeze(['all', 'conflicts'] as const satisfies readonly RemapRule[]);

/**
 * What an object that is matched by its natural key does to the columns of the target's row: keeps theirs, takes ours, or fills the gaps
 * where theirs is NULL.
 */
export type MergeRule = 'keep' | 'take' | 'fill';

export const mergeRules = Object.freeze(['keep', 'take', 'fill'] as const satisfies readonly MergeRule[]);

/**
 * What an import does with an external object that the target lacks: refuses; brings a placeholder, a row with its key and natural key; or
 * leaves the references to it empty.
 */
export type MissingRule = 'refuse' | 'placeholder' | 'null';

export const missingRules = Object.freeze(['refuse', 'placeholder', 'null'] as const satisfies readonly MissingRule[]);

/** Whether archives that are merged come from one database, in which one key means one object, or each from another. */
export type SourceRule = 'same' | 'other';

export const sourceRules = Object.freeze(['same', 'other'] as const satisfies readonly SourceRule[]);

/** What our own archive is called among the formats: a layout of that name is none. */
export const ownFormat = 'portolan';
