import { keepHeapSmall } from '../../src/cli/keep-heap-small.js';

// Imported first, for what it does: a measured process is to be what a command is, before anything else is loaded.
keepHeapSmall();
