/** What is known of a row of the archive, and in the end what becomes of it; stored as its place in this list. */
export const rowStates = Object.freeze([
  // Owned, there, and as the archive has it. Who is this to the end survives: nothing that is deleted takes it along.
  'survives',
  'shared',
  'changed',
  'gone',
  'excluded',
  'boundary',
  'delete',
  // Something that stays refers to it.
  'referenced',
] as const);

export type RowState = (typeof rowStates)[number];

/** Why a row is not deleted. */
export type KeepReason = Exclude<RowState, 'delete'>;

export const keepReasons: readonly KeepReason[] = Object.freeze(
  rowStates.filter((state): state is KeepReason => state !== 'delete'),
);

export function stateNumber(state: RowState): string {
  return String(rowStates.indexOf(state));
}
