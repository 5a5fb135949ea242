#!/usr/bin/env node
import { exportCommand } from '../cli/commands/export-command.js';
import { main } from '../cli/main.js';

void main('exportobjects', [exportCommand('$0')], process.argv.slice(2));
