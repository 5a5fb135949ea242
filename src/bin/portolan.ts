#!/usr/bin/env node
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
const { deleteCommand } = await import('../cli/commands/delete-command.js');
const { explainCommand } = await import('../cli/commands/explain-command.js');
const { exportCommand } = await import('../cli/commands/export-command.js');
const { importCommand } = await import('../cli/commands/import-command.js');
const { undoCommand } = await import('../cli/commands/undo-command.js');
const { verifyCommand } = await import('../cli/commands/verify-command.js');
const { main } = await import('../cli/main.js');

const moving = [exportCommand('export'), importCommand('import'), deleteCommand('delete')];
void main('portolan', [...moving, explainCommand, verifyCommand, undoCommand], process.argv.slice(2));
