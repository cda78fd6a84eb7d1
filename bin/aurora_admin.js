#!/usr/bin/env node
// The admin client under the original's name: `aurora_admin COMMAND` is `aurora admin COMMAND`.
process.argv.splice(2, 0, 'admin');
require('./aurora.js');
