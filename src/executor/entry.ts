/** Entry point of dist/executor/aurora-executor, the program that the scheduler has copied to the agents. */
import { setFlagsFromString } from 'node:v8';
import { runExecutor } from './main.ts';
import { closeInheritedFiles } from './process/inherited-files.ts';

// Every task on a machine has its own executor, which computes little: the optimizing compiler would cost more memory
// than the time it saves is worth.
setFlagsFromString('--no-opt');
closeInheritedFiles();
runExecutor({ argv: process.argv.slice(2), env: process.env }).then((code) => process.exit(code));
