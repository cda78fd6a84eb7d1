import type { PageCall } from '../../api/views/shared.ts';

/** One input that the reader is asked for. */
export interface WriteField {
  readonly name: string;
  readonly label: string;
  /** The initial value. */
  readonly value: string;
  readonly hint?: string;
}

/** What a write would do with the reader's answers. */
export interface Asked {
  /** A sentence that says what will happen, with numbers. */
  readonly effect: string;
  /** The command that does the same at a terminal. */
  readonly command: string;
  readonly args: object;
  /** Text that the reader must type first, for writes that cannot be undone. */
  readonly type?: string;
  /** Why the command must be used instead; the dialog then has no button for the write. */
  readonly instead?: string;
}

export type Answers = Readonly<Record<string, string>>;

/** A change that the reader can make on the page. Pure: its texts can be tested without a browser. */
export interface Write {
  readonly call: PageCall;
  /** Text of the button, such as `Restart`. */
  readonly verb: string;
  /** Title of the dialog, such as `Restart web/prod/api`. */
  readonly title: string;
  /** Whether it stops something. */
  readonly stops?: boolean;
  /** Whether it is done at once, without a dialog, because another button can undo it. */
  readonly atOnce?: boolean;
  readonly fields?: readonly WriteField[];
  /** What the write would do with these answers, or what is wrong with them. */
  ask(answers: Answers): Asked | { readonly problem: string };
}

/** The reason for a write; it is kept with the events. */
export const MESSAGE: WriteField = {
  name: 'message',
  label: 'Message',
  value: '',
  hint: 'why; others will see it',
};

/** The message as an argument of a call; absent when it is empty. */
export const messageArg = ({ message = '' }: Answers): { readonly message?: string } =>
  message.trim() === '' ? {} : { message: message.trim() };

/** ` --message='...'` for a command line. */
export const messageFlag = (answers: Answers): string => {
  const { message } = messageArg(answers);
  return message === undefined ? '' : ` --message=${shellWord(message)}`;
};

/** Quotes a text for a shell if that is needed. */
export const shellWord = (text: string): string =>
  /^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
