#!/usr/bin/env node
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
const { explainCommand } = await import('../cli/commands/explain-command.js');
const { exportCommand } = await import('../cli/commands/export-command.js');
const { importCommand } = await import('../cli/commands/import-command.js');
const { verifyCommand } = await import('../cli/commands/verify-command.js');
const { main } = await import('../cli/main.js');

void main('portolan', [exportCommand('export'), importCommand('import'), explainCommand, verifyCommand], process.argv.slice(2));
