#!/usr/bin/env node
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
const { exportCommand } = await import('../cli/commands/export-command.js');
const { main } = await import('../cli/main.js');

void main('exportobjects', [exportCommand('$0')], process.argv.slice(2));
