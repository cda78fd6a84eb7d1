import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A tmux server of its own, without any configuration of the user. */
export interface Tmux {
  /** Starts a program on a screen of 40 rows. */
  open(name: string, program: OpenScreen): Promise<TmuxScreen>;
  /** Ends the server and all programs in it. */
  close(): Promise<void>;
}

interface OpenScreen {
  readonly columns: number;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: string;
}

export interface TmuxScreen {
  readonly columns: number;
  /** Types a text; it must not contain single quotes. */
  type(text: string): Promise<void>;
  /** Presses keys by the names that tmux has for them, such as `Enter`, `Tab` and `C-c`. */
  press(...keys: readonly string[]): Promise<void>;
  /** What a person sees, with the escape sequences of the colours, from the first row to the last that is not blank. */
  look(): Promise<string>;
}

const ROWS = 40;

/**
 * Starts a server and talks to it through one client in control mode, so that a look at a screen starts no process.
 * `env` is all that programs inherit.
 */
export async function startTmux(env: Readonly<Record<string, string>>): Promise<Tmux> {
  // A short path: the name of a socket has at most 107 bytes, and TMPDIR is a long folder during a test run.
  const folder = mkdtempSync('/tmp/aurora-tmux-');
  const own = { ...env, TMUX_TMPDIR: folder };
  const args = ['-u', '-L', 'test', '-f', '/dev/null', '-C', 'new-session', '-s', 'control'];
  const client = spawn('tmux', args, { env: own, cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const ask = conversation(client);
  await ask(`set-option -g default-size 80x${ROWS}`);
  return {
    async open(name, { columns, folder: cwd, env: more, command }) {
      const variables = Object.entries(more).map(([key, value]) => `-e '${key}=${value}'`);
      const size = `-x ${columns} -y ${ROWS}`;
      await ask(`new-session -d -s ${name} ${size} -c '${cwd}' ${variables.join(' ')} '${command}'`);
      await ask(`set-option -t ${name} status off`);
      await ask(`resize-window -t ${name} ${size}`);
      return {
        columns,
        type: async (text) => void (await ask(`send-keys -t ${name} -l '${text}'`)),
        press: async (...keys) => void (await ask(`send-keys -t ${name} ${keys.join(' ')}`)),
        look: async () => (await ask(`capture-pane -p -e -t ${name}`)).trimEnd(),
      };
    },
    async close() {
      const ended = new Promise((done) => client.once('close', done));
      client.stdin?.write('kill-server\n');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends commands in tmux's control mode; each is answered by the lines between `%begin` and `%end` or `%error`. */
function conversation(client: ChildProcess): (command: string) => Promise<string> {
  const waiting: { readonly command: string; readonly done: (said: string, isError: boolean) => void }[] = [];
  let answer: string[] | undefined;
  createInterface({ input: client.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const [, kind, flags] = /^%(begin|end|error) \d+ \d+ (\d)$/.exec(line) ?? [];
    // The command that started the client is answered, too, with other flags.
    if (kind === undefined) answer?.push(line);
    else if (flags !== '1') return;
    else if (kind === 'begin') answer = [];
    else {
      waiting.shift()?.done((answer ?? []).join('\n'), kind === 'error');
      answer = undefined;
    }
  });
  client.once('close', () => {
    for (const { done } of waiting.splice(0)) done('tmux has ended', true);
  });
  return (command) =>
    new Promise((resolve, reject) => {
      waiting.push({
        command,
        done: (said, isError) => (isError ? reject(new Error(`${command}: ${said}`)) : resolve(said)),
      });
      client.stdin?.write(`${command}\n`);
    });
}
