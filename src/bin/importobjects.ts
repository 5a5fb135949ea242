#!/usr/bin/env node
import { importCommand } from '../cli/commands/import-command.js';
import { main } from '../cli/main.js';

void main('importobjects', [importCommand('$0')], process.argv.slice(2));
