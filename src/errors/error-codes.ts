/** Every error code, its exit code and its meaning: README's table and the tests read it. Sorted by name. */
export const errorCodes = Object.freeze({
  BUDGET_EXCEEDED: { exitCode: 3, meaning: 'more objects or a greater depth than the budget allows' },
  EXCLUDED_KEY: { exitCode: 2, meaning: 'a column of the key is excluded or called a secret: without it rows have no name' },
  MODEL_AMBIGUOUS: { exitCode: 2, meaning: 'a name can mean several models or columns' },
  POLICY_INVALID: { exitCode: 2, meaning: 'the policy has unknown members or values, or names what is not there' },
  UNKNOWN_APP: { exitCode: 2, meaning: 'no app of that name; the nearest are offered' },
  UNKNOWN_COLUMN: { exitCode: 2, meaning: 'no column of that name; the nearest are offered' },
  UNKNOWN_MODEL: { exitCode: 2, meaning: 'no model of that name; the nearest are offered' },
  UNKNOWN_REFERENCE: { exitCode: 2, meaning: 'no reference or relation of that name; the nearest are offered' },
} as const satisfies Record<string, { readonly exitCode: 1 | 2 | 3; readonly meaning: string }>);

export type ErrorCode = keyof typeof errorCodes;
