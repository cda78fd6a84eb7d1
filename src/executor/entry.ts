/** The program of dist/executor/aurora-executor, which the scheduler has copied to the agents. */
import { setFlagsFromString } from 'node:v8';
import { runExecutor } from './main.ts';
import { closeInheritedFiles } from './process/inherited-files.ts';

// Every task of a machine has one of these, and it has little to compute: what the optimizing compiler takes of memory
// would be worth more than the time it saves.
setFlagsFromString('--no-opt');
closeInheritedFiles();
runExecutor({ argv: process.argv.slice(2), env: process.env }).then((code) => process.exit(code));
