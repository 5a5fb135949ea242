/**
 * Turns rows of COPY text into lines of the archive, sixteen bytes at a time. `../kernel-plan.ts` and `../kernel-line-writer.ts` lay out the
 * memory, and `../plain-line-writer.ts` does the same in JavaScript.
 */

import { copy, fieldEnd, find, isNull, newline } from './bytes';
import { integerIn, writeInteger } from './integers';
import { listKind, textKind } from './kinds';
import { valueEnd, writeNull, writeValue } from './write-value';

/** The rows that are owned: all, none, or those of which one has to ask. */
const allOwned: u32 = 0;
const noneOwned: u32 = 1;

/**
 * How a line is written. The steps follow, one for each member of `fields`, in their order, each with what stands before the value;
 * then the lists of links.
 */
@unmanaged
class Plan {
  stepCount: u32;
  listCount: u32;
  keyKind: u32;
  owned: u32;
  /** How many notes a row has: the first is its key. */
  noteCount: u32;
  /** What a row takes at most beside its values. */
  fixedLength: u32;
  lineStart: u32;
  lineStartLength: u32;
  tail: u32;
  tailLength: u32;
  ownedEnd: u32;
  ownedEndLength: u32;
  sharedEnd: u32;
  sharedEndLength: u32;
}

@unmanaged
class Step {
  kind: u32;
  prefix: u32;
  prefixLength: u32;
  /** The note that is made of the value; 0 for none. Of a list, which one it is. */
  note: u32;
  /** Whether one has to ask if the value is to be NULL. */
  isCut: u32;
}

/** Keys of owners, in their order, and what each is linked to. */
@unmanaged
class List {
  owners: u32;
  others: u32;
  count: u32;
  /** How far they are used. */
  at: u32;
}

/** What a value was. */
@unmanaged
class Note {
  /** The integer; NaN for NULL; infinity for what is none, or has more than 15 digits. */
  integer: f64;
  start: u32;
  /** Negative where it has escapes. */
  end: i32;
}

/** As many bytes as any byte takes in a string, and as any integer takes in a list. */
const longestEscape: u32 = 6;
const longestInteger: u32 = 18;

/** Whether the value of a step is to be NULL. */
declare function isCut(step: u32, integer: f64, start: u32, end: i32): bool;

/** Whether a row of that key is owned. */
declare function isOwned(integer: f64, start: u32, end: i32): bool;

/** Where the rows that were encoded end, in the input and in the output, and how many they are. */
export let inputEnd: u32 = 0;
export let outputEnd: u32 = 0;
export let rows: u32 = 0;

/** Encodes whole rows, as many as there is room for, and at most so many. */
export function encode(planAt: u32, notesAt: u32, input: u32, end: u32, output: u32, limit: u32, mostRows: u32): void {
  const plan = changetype<Plan>(planAt);
  const steps = planAt + offsetof<Plan>();
  const stepsEnd = steps + plan.stepCount * offsetof<Step>();
  const lists = stepsEnd;
  const noteLength = plan.noteCount * offsetof<Note>();
  let at = input;
  let out = output;
  let note = notesAt;
  let row: u32 = 0;
  while (at < end && row < mostRows) {
    const rowEnd = find(at, newline);
    const keyStart = at;
    const keyEnd = fieldEnd(at);
    const key = integerIn(keyStart, keyEnd);
    // The key is written twice at most; and two quotes are more than any value that has no bytes.
    let room = (rowEnd - at + keyEnd - keyStart) * longestEscape + plan.fixedLength;
    for (let list: u32 = 0; list < plan.listCount; list += 1)
      room += seek(changetype<List>(lists + list * offsetof<List>()), key) * longestInteger;
    if (out + room > limit) break;
    at = keyEnd + 1;
    out = copy(plan.lineStart, plan.lineStartLength, out);
    for (let stepAt = steps, index: u32 = 0; stepAt < stepsEnd; stepAt += offsetof<Step>(), index += 1) {
      const step = changetype<Step>(stepAt);
      out = copy(step.prefix, step.prefixLength, out);
      const kind = step.kind;
      if (kind == listKind) {
        out = writeList(changetype<List>(lists + step.note * offsetof<List>()), key, out);
        continue;
      }
      const start = at;
      const before = out;
      out = writeValue(kind, start, out);
      at = <u32>abs(valueEnd) + 1;
      if (step.note == 0 && step.isCut == 0) continue;
      let integer = kind == textKind && !isNull(start) ? Infinity : integerIn(start, at - 1);
      if (step.isCut != 0 && !isNaN(integer) && isCut(index, integer, start, valueEnd)) {
        integer = NaN;
        out = writeNull(before);
      }
      if (step.note != 0) writeNote(note + step.note * offsetof<Note>(), integer, start, valueEnd);
    }
    out = copy(plan.tail, plan.tailLength, out);
    out = writeValue(plan.keyKind, keyStart, out);
    writeNote(note, key, keyStart, valueEnd);
    const owned = plan.owned == allOwned || (plan.owned != noneOwned && isOwned(key, keyStart, valueEnd));
    out = owned ? copy(plan.ownedEnd, plan.ownedEndLength, out) : copy(plan.sharedEnd, plan.sharedEndLength, out);
    at = rowEnd + 1;
    note += noteLength;
    row += 1;
  }
  inputEnd = at;
  outputEnd = out;
  rows = row;
}

function writeNote(noteAt: u32, integer: f64, start: u32, end: i32): void {
  const note = changetype<Note>(noteAt);
  note.integer = integer;
  note.start = start;
  note.end = end;
}

/** The integers that an owner is linked to, as {@link seek} found them. */
function writeList(list: List, owner: f64, to: u32): u32 {
  let at = list.at;
  let out = to;
  store<u8>(out++, 0x5b);
  for (let isFirst = true; at < list.count && ownerAt(list, at) == owner; at += 1) {
    if (!isFirst) store<u8>(out++, 0x2c);
    isFirst = false;
    out = writeInteger(<i64>load<f64>(list.others + at * 8), out);
  }
  list.at = at;
  store<u8>(out++, 0x5d);
  return out;
}

/** Goes on to an owner; how many links it has. One with a longer key than fits has none here. */
function seek(list: List, owner: f64): u32 {
  if (owner == Infinity) return 0;
  while (list.at < list.count && ownerAt(list, list.at) < owner) list.at += 1;
  let end = list.at;
  while (end < list.count && ownerAt(list, end) == owner) end += 1;
  return end - list.at;
}

function ownerAt(list: List, at: u32): f64 {
  return load<f64>(list.owners + at * 8);
}
