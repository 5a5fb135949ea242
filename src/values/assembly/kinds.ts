/** How a value is written: 1 is any number. What is greater than these is no value, but a list. */
export const integerKind: u32 = 0;
export const booleanKind: u32 = 2;
export const textKind: u32 = 3;
export const listKind: u32 = 4;
