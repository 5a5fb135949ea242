import { createKeySet } from '../closure/create-key-set.js';
import type { KeySet } from '../closure/key-set.js';

/** A set of texts, kept as packed bytes. */
export function textSet(): KeySet {
  const column = { name: 'text', kind: 'text', type: 'text' } as const;
  return createKeySet({ key: ['text'], columns: [column] } as unknown as Parameters<typeof createKeySet>[0]);
}
