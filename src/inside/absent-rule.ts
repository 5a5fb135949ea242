/**
 * What an import under new keys writes where a value mentions an object that has not come: what stands there; NULL (in JSON `null`), where
 * that can stand there; or another value.
 */
export type AbsentRule = 'keep' | 'null' | { readonly value: string };

/** Of a place in which an object is mentioned. */
export interface MentionPlace {
  readonly rule: AbsentRule | undefined;
  /** Whether NULL can stand there. */
  readonly takesNull: boolean;
  /** Whether the objects are known by integers, which another database gives to others. */
  readonly isInteger: boolean;
}

/**
 * An integer of another database names a stranger there, sooner or later: it goes, where nobody says otherwise and NULL can stand in its
 * place. A UUID or a text names the same object everywhere, or none.
 */
export function absentRule({ rule, takesNull, isInteger }: MentionPlace): AbsentRule {
  if (rule === undefined) return isInteger && takesNull ? 'null' : 'keep';
  return rule === 'null' && !takesNull ? 'keep' : rule;
}

/** What is written instead of the key; undefined where it stays. */
export function absentText(rule: AbsentRule): string | null | undefined {
  if (rule === 'keep') return undefined;
  return rule === 'null' ? null : rule.value;
}
