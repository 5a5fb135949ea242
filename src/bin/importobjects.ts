#!/usr/bin/env node
import { keepHeapSmall } from '../cli/keep-heap-small.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
keepHeapSmall();
const { importCommand } = await import('../cli/commands/import-command.js');
const { main } = await import('../cli/main.js');

void main('importobjects', [importCommand('$0')], process.argv.slice(2));
