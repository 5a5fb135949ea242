import { chainFromBeginning, chainFromEnd, tree } from './chains.js';
import { diamond, hub, manyToMany } from './hubs.js';
import { composite, manyKeys, manyUuids, sparse, uuids } from './keys.js';
import type { MakeShape } from './shape.js';
import { bloated, healthy, onStandby, throughPooler, unanalysed, unindexed } from './states.js';
import { realm } from './zulip-shape.js';
import { longRows, manyColumns, manyEntities } from './wide-shapes.js';

/** Shapes that break tools like this one, by name. */
export const allShapes: Readonly<Record<string, MakeShape>> = Object.freeze({
  'a chain of 1 M, from its beginning': chainFromBeginning,
  'a chain of 1 M, from its end': chainFromEnd,
  'a tree of 20 levels, 1 M': tree,
  'a hub of 5 M, dependencies': hub('dependencies'),
  'a hub of 5 M, owned': hub('owned'),
  'a hub of 5 M, connected': hub('connected'),
  '10 k × 10 k, 2 M links': manyToMany,
  'a diamond of five paths': diamond,
  '300 entities, 900 references': manyEntities,
  '200 columns': manyColumns,
  'rows of 5 MB': longRows,
  'UUID keys': uuids,
  'composite keys': composite,
  'sparse keys up to 2^63': sparse,
  'healthy tables, to compare with': healthy,
  'no index, going down': unindexed,
  'never analysed': unanalysed,
  'a third dead rows': bloated,
  'a standby': onStandby,
  'a pooler by transaction': throughPooler,
  'a realm of Zulip, 200 k messages': realm,
  '20 M integer keys': manyKeys,
  '20 M UUID keys': manyUuids,
});
