import type { ObjectCondition } from '../object-store.js';

/** The same as Cloud Storage is asked for it: https://cloud.google.com/storage/docs/request-preconditions. */
export function preconditions(condition: ObjectCondition): { readonly ifGenerationMatch?: number | string } {
  switch (condition.kind) {
    case 'nothing':
      return { ifGenerationMatch: 0 };
    case 'version':
      return { ifGenerationMatch: condition.version };
    case 'anything':
      return {};
  }
}
