/** Every error code, its exit code and its meaning: README's table and the tests read it. Sorted by name. */
export const errorCodes = Object.freeze({
  BUDGET_EXCEEDED: { exitCode: 3, meaning: 'more objects or a greater depth than the budget allows' },
} as const satisfies Record<string, { readonly exitCode: 1 | 2 | 3; readonly meaning: string }>);

export type ErrorCode = keyof typeof errorCodes;
