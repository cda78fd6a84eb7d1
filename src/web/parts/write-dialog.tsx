import { useState } from 'preact/hooks';
import { type CallOutcome, makeCall } from '../data/call.ts';
import { refresh } from '../data/view.ts';
import type { Answers, Write } from '../writes/write.ts';
import { Command } from './copy.tsx';
import { closeDialog, openDialog } from './dialog.tsx';
import { say } from './toast.tsx';

const firstAnswers = ({ fields = [] }: Write): Answers =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

const doneText = ({ title }: Write, { text }: CallOutcome): string =>
  text ? `${title}: ${text}` : `${title}: done`;

/** Makes the call, refreshes the view, and shows a message if the call succeeded. */
async function carryOut(write: Write, args: object): Promise<CallOutcome> {
  const outcome = await makeCall(write.call, args);
  refresh();
  if (outcome.kind === 'done') say(doneText(write, outcome));
  return outcome;
}

function Fields({
  answers,
  set,
  write: { fields = [] },
}: {
  readonly write: Write;
  readonly answers: Answers;
  readonly set: (answers: Answers) => void;
}) {
  return (
    <>
      {fields.map(({ hint, label, name }) => (
        <label class="field" key={name}>
          <span>{label}</span>
          <input
            name={name}
            value={answers[name]}
            autocomplete="off"
            onInput={(event) => set({ ...answers, [name]: event.currentTarget.value })}
          />
          {hint && <small class="faint">{hint}</small>}
        </label>
      ))}
    </>
  );
}

function WriteForm({ write }: { readonly write: Write }) {
  const [answers, set] = useState(firstAnswers(write));
  const [typed, type] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, fail] = useState<CallOutcome | undefined>();
  const asked = write.ask(answers);
  const problem = 'problem' in asked ? asked.problem : undefined;
  const ready = 'problem' in asked ? undefined : asked;
  const isTyped = ready?.type === undefined || typed.trim() === ready.type;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready || ready.instead || !isTyped || busy) return;
    setBusy(true);
    const outcome = await carryOut(write, ready.args);
    setBusy(false);
    if (outcome.kind === 'done') closeDialog();
    else fail(outcome);
  };
  return (
    <form onSubmit={submit}>
      <Fields write={write} answers={answers} set={set} />
      {problem && <p class="waiting">{problem}</p>}
      {ready && <p class="effect">{ready.effect}</p>}
      {ready?.instead && <p class="waiting">{ready.instead}</p>}
      {ready && (
        <p>
          <Command text={ready.command} />
        </p>
      )}
      {ready?.type !== undefined && (
        <label class="field">
          <span>
            Type <code>{ready.type}</code> to go on
          </span>
          <input
            name="typed"
            value={typed}
            autocomplete="off"
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
      )}
      {failed && (
        <p class="bad" role="alert">
          {failed.kind === 'unknown' ? 'It may or may not have happened. ' : ''}
          {failed.text}
        </p>
      )}
      <p class="actions">
        <button type="button" autofocus onClick={closeDialog}>
          Cancel
        </button>
        {!ready?.instead && (
          <button type="submit" class={write.stops ? 'stops' : 'does'} disabled={!ready || !isTyped || busy}>
            {busy ? 'One moment …' : write.verb}
          </button>
        )}
      </p>
    </form>
  );
}

/** Carries out a write: immediately if another button can undo it, otherwise after asking in a dialog. */
export async function begin(write: Write): Promise<void> {
  if (!write.atOnce) return openDialog(write.title, <WriteForm write={write} />);
  const asked = write.ask({});
  if ('problem' in asked) return say(asked.problem, true);
  const outcome = await carryOut(write, asked.args);
  if (outcome.kind === 'unknown')
    say(`${write.title}: it may or may not have happened. ${outcome.text}`, true);
  if (outcome.kind === 'refused') say(`${write.title}: ${outcome.text}`, true);
}
