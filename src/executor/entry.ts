/** The program of dist/executor/aurora-executor, which the scheduler has copied to the agents. */
import { runExecutor } from './main.ts';
import { closeInheritedFiles } from './process/inherited-files.ts';

closeInheritedFiles();
runExecutor({ argv: process.argv.slice(2), env: process.env }).then((code) => process.exit(code));
