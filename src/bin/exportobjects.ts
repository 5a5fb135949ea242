#!/usr/bin/env node
import { collectGarbageSooner } from '../cli/collect-garbage-sooner.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
collectGarbageSooner();
const { exportCommand } = await import('../cli/commands/export-command.js');
const { profileWords } = await import('../cli/profile-options.js');
const { main } = await import('../cli/main.js');

const words = process.argv.slice(2);
void main('exportobjects', [exportCommand('$0', await profileWords(words))], words);
