#!/usr/bin/env node
import { explainCommand } from '../cli/commands/explain-command.js';
import { exportCommand } from '../cli/commands/export-command.js';
import { importCommand } from '../cli/commands/import-command.js';
import { verifyCommand } from '../cli/commands/verify-command.js';
import { main } from '../cli/main.js';

void main('portolan', [exportCommand('export'), importCommand('import'), explainCommand, verifyCommand], process.argv.slice(2));
