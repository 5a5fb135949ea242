#!/usr/bin/env node
import { keepHeapSmall } from '../cli/keep-heap-small.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
keepHeapSmall();
const { exportCommand } = await import('../cli/commands/export-command.js');
const { profileWords } = await import('../cli/profile-options.js');
const { main } = await import('../cli/main.js');

const words = process.argv.slice(2);
void main('exportobjects', [exportCommand('$0', await profileWords(words))], words);
