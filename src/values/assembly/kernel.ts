/**
 * The inner loops of exports and imports, compiled to WebAssembly; `../line-kernel.ts` loads it. They read and write up to sixteen bytes behind
 * the ends of what they are given. What is in the memory stands there for one call only.
 */

export { encode, inputEnd, outputEnd, rows } from './encode-lines';
export { decode, lines } from './decode-lines';
export { binary, binaryEnd, isStrange, takenEnd } from './binary-rows';
