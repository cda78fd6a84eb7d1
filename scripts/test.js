// Runs the test files, each in a process of its own, fast rooms first, and closes with `N passed, N failed`.
//   npm test                     everything
//   npm test -- api mesos        files whose path contains one of the words
//   npm test -- --coverage       the same, with a coverage report in coverage/
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
