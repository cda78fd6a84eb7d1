import inquirer from 'inquirer';

/** Asks a question on the terminal, through stderr. Just pressing return means no. */
export async function ask(question: string): Promise<boolean> {
  const prompt = inquirer.createPromptModule({ output: process.stderr });
  const { go } = await prompt<{ go: boolean }>([
    { type: 'confirm', name: 'go', message: question, default: false },
  ]);
  return go;
}
