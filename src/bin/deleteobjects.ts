#!/usr/bin/env node
import { collectGarbageSooner } from '../cli/collect-garbage-sooner.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
collectGarbageSooner();
const { deleteCommand } = await import('../cli/commands/delete-command.js');
const { main } = await import('../cli/main.js');

void main('deleteobjects', [deleteCommand('$0')], process.argv.slice(2));
