/** Whole messages; the first one of a client has no type. https://www.postgresql.org/docs/current/protocol-message-formats.html */
export function messageSplitter(firstType: 0 | 1): (bytes: Buffer) => readonly Buffer[] {
  let rest = Buffer.alloc(0);
  let typeLength: number = firstType;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const whole: Buffer[] = [];
    for (;;) {
      if (rest.length < typeLength + 4) return whole;
      const length = typeLength + rest.readUInt32BE(typeLength);
      if (rest.length < length) return whole;
      whole.push(rest.subarray(0, length));
      rest = rest.subarray(length);
      typeLength = 1;
    }
  };
}
