#!/usr/bin/env node
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
const { main } = await import('../cli/main.js');

void main('deleteobjects', [], ['delete', ...process.argv.slice(2)]);
