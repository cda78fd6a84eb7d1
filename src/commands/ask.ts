import inquirer from 'inquirer';

/** Asks on the terminal, with stderr as its screen; no is the answer of whoever just presses return. */
export async function ask(question: string): Promise<boolean> {
  const prompt = inquirer.createPromptModule({ output: process.stderr });
  const { go } = await prompt<{ go: boolean }>([
    { type: 'confirm', name: 'go', message: question, default: false },
  ]);
  return go;
}
