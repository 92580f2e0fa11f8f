#!/usr/bin/env node
import { runProgram } from './run-program.ts';

/** The command line of the package: everything with `--api`, nothing on this machine. */
await runProgram(process.cwd());
