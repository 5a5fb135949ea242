#!/usr/bin/env node
import { keepHeapSmall } from '../cli/keep-heap-small.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
keepHeapSmall();
const { claimCommand } = await import('../cli/commands/claim-command.js');
const { deleteCommand } = await import('../cli/commands/delete-command.js');
const { diffCommand } = await import('../cli/commands/diff-command.js');
const { explainCommand } = await import('../cli/commands/explain-command.js');
const { exportCommand } = await import('../cli/commands/export-command.js');
const { importCommand } = await import('../cli/commands/import-command.js');
const { mergeCommand } = await import('../cli/commands/merge-command.js');
const { undoCommand } = await import('../cli/commands/undo-command.js');
const { verifyCommand } = await import('../cli/commands/verify-command.js');
const { profileWords } = await import('../cli/profile-options.js');
const { main } = await import('../cli/main.js');

const words = process.argv.slice(2);
const ofProfile = await profileWords(words);
const commands = [
  exportCommand('export', ofProfile),
  importCommand('import'),
  deleteCommand('delete'),
  diffCommand,
  mergeCommand,
  explainCommand(ofProfile),
  verifyCommand,
  undoCommand,
  claimCommand,
];
void main('portolan', commands, words);
