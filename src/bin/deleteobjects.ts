#!/usr/bin/env node
import { keepHeapSmall } from '../cli/keep-heap-small.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
keepHeapSmall();
const { deleteCommand } = await import('../cli/commands/delete-command.js');
const { main } = await import('../cli/main.js');

void main('deleteobjects', [deleteCommand('$0')], process.argv.slice(2));
